"""A real SMTP server (aiosmtpd) for the mail tests, and the standard library's view of a message.

`server.py serve` prints its port, then one JSON line per delivered message. Two local parts answer otherwise:
`nobody` is refused for good, `busy` for now. `server.py read FILE` prints the JSON line of one file.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import sys


def view(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    bodies = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    headers = {name: message[name] for name in ("From", "To", "Subject", "Message-ID", "Date")}
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    return json.dumps({"headers": headers, "bodies": bodies, "defects": defects})


class Handler:
    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answers = {"nobody": "550 no such person as " + address, "busy": "451 not now"}
        answer = answers.get(address.split("@")[0])
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        print(view(envelope.content), flush=True)
        return "250 OK"


async def serve():
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if sys.argv[1] == "serve":
    asyncio.run(serve())
else:
    print(view(pathlib.Path(sys.argv[2]).read_bytes()))
