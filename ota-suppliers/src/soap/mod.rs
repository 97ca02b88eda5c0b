//! SOAP 1.1, document/literal: the envelope around XML suppliers' messages.

pub mod envelope;
pub mod fault;
pub mod write;
