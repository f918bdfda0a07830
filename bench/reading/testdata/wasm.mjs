// A server that filters the page in a request's body n times over and answers
// with what is left: html-rewriter-wasm in Node.
//
//	node wasm.mjs FOLDER PORT
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { filtered } from "./filter.js";

const [folder, port] = process.argv.slice(2);
const { HTMLRewriter } = createRequire(folder + "/")("html-rewriter-wasm");

const piece = 32 << 10;

async function filter(page) {
  const left = [];
  const rewriter = filtered(new HTMLRewriter((chunk) => left.push(chunk)));
  try {
    for (let i = 0; i < page.length; i += piece) await rewriter.write(page.subarray(i, i + piece));
    await rewriter.end();
  } finally {
    rewriter.free();
  }
  return left;
}

createServer(async (request, response) => {
  const body = [];
  for await (const chunk of request) body.push(chunk);
  const page = Buffer.concat(body);
  const n = Number(new URL(request.url, "http://localhost").searchParams.get("n"));
  let left = [];
  for (let i = 0; i < n; i++) left = await filter(page);
  response.end(Buffer.concat(left));
}).listen(Number(port), "127.0.0.1");
