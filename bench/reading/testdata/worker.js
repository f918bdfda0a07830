// A worker that filters the page in a request's body n times over and answers
// with what is left: HTMLRewriter of workerd.
import { filtered } from "filter.js";

export default {
  async fetch(request) {
    const n = Number(new URL(request.url).searchParams.get("n"));
    const page = await request.arrayBuffer();
    let left;
    for (let i = 0; i < n; i++) {
      left = await filtered(new HTMLRewriter()).transform(new Response(page)).arrayBuffer();
    }
    return new Response(left);
  },
};
