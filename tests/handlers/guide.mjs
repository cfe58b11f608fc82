// The handler of the provider's guide on Node's own http: it verifies over JSON.stringify of the parsed body.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

const secret = process.env.HANDLER_SECRET;

function holds(header, event) {
  const digest = createHmac("sha256", secret).update(JSON.stringify(event)).digest("hex");
  return header === `sha256=${digest}`;
}

const server = createServer((request, response) => {
  if (request.method !== "POST") return response.writeHead(405).end();
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const event = JSON.parse(Buffer.concat(parts).toString("utf8"));
    if (!holds(request.headers["x-nudj-signature"], event)) {
      return response.writeHead(401).end("Unauthorized");
    }
    response.writeHead(200).end("OK");
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
