//! Writers: what the connector sends, in the supplier's own words (schema v52).
//!
//! Fields stand in the order of the schema's sequences. Each request declares its namespaces at its root, so
//! the text inside the SOAP body is a document of its own, and the tests validate exactly that text.
//! An `xs:choice` is a set of `Option` fields: yaserde loses attributes of flattened enums.
//! Types that hold names or documents have no `Debug`.

pub(crate) mod air;
pub(crate) mod build;
pub(crate) mod names;
pub(crate) mod solution;
pub(crate) mod travelers;
pub(crate) mod universal;

use yaserde::YaSerialize;

#[cfg(test)]
mod tests;

/// What every request begins with.
#[derive(Clone, Default, YaSerialize)]
pub(crate) struct BaseReq {
    #[yaserde(attribute = true, rename = "TargetBranch")]
    pub(crate) target_branch: String,
    #[yaserde(attribute = true, rename = "TraceId")]
    pub(crate) trace_id: String,
    #[yaserde(attribute = true, rename = "AuthorizedBy")]
    pub(crate) authorized_by: Option<String>,
    #[yaserde(rename = "BillingPointOfSaleInfo", prefix = "com")]
    pub(crate) billing: BillingPointOfSaleInfo,
}

/// The interface that bills us.
#[derive(Clone, YaSerialize)]
pub(crate) struct BillingPointOfSaleInfo {
    #[yaserde(attribute = true, rename = "OriginApplication")]
    pub(crate) origin_application: String,
}

impl Default for BillingPointOfSaleInfo {
    fn default() -> Self {
        Self { origin_application: "UAPI".to_owned() }
    }
}

/// An element that is only a `Code`: a place, a class, a host system (`1G` is Galileo).
#[derive(Default, YaSerialize)]
pub(crate) struct CodeAttr {
    #[yaserde(attribute = true, rename = "Code")]
    pub(crate) code: String,
}

/// An element that is only a `Key`.
#[derive(Default, YaSerialize)]
pub(crate) struct KeyAttr {
    #[yaserde(attribute = true, rename = "Key")]
    pub(crate) key: String,
}
