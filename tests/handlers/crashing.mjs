// A handler in Node that ends at a signature of another length: timingSafeEqual throws, and nobody catches it.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secret = process.env.HANDLER_SECRET;

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const digest = createHmac("sha256", secret).update(Buffer.concat(parts)).digest("hex");
    const given = Buffer.from(request.headers["x-nudj-signature"]);
    const good = timingSafeEqual(given, Buffer.from(`sha256=${digest}`));
    response.writeHead(good ? 200 : 401).end();
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
