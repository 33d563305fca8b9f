// Serving jobs on the page of a study.

/** The facts of one job that runs. */
function serveFacts(f, j) {
  const { layout, asked, yearly, bound } = j;
  const ways = [["tensor", layout.tensor], ["pipeline", layout.pipeline], ["attention data", layout.attention_data],
    ["expert", layout.expert]].filter(([name, n]) => n > 1 || name === "tensor").map(([name, n]) => `${name} ${n}`).join(", ");
  const cached = j.usd_per_million_cached_tokens === null ? "" : `, $${round(j.usd_per_million_cached_tokens)} found in the cache`;
  return [
    ["layout", `${round(layout.replicas, 6)} replicas of ${ways}, ${j.forms}; ${round(layout.chips, 6)} of ${round(f.chips, 6)} chips`],
    ["engine", j.engine],
    ["requests", `${round(j.requests_per_s)} a second, of ${asked.prompt_tokens} tokens answered with ${asked.output_tokens}; ${round(j.most_requests_per_s)} are kept in time`],
    ["hours", asked.hours ? `${asked.hours}, ${round(j.hours_a_day)} of 24 each day` : ""],
    ["a year", `${round(yearly.requests / 1e9)} billion requests, ${round(yearly.output_tokens / 1e12)} trillion output tokens, ${money(yearly.usd)} of the yearly cost`],
    ["price", `$${round(j.usd_per_million_output_tokens)} per million output tokens, $${round(j.usd_per_million_input_tokens)} of prompts${cached}`],
    ["memory", `${round(j.memory_bytes / 1e9)} of ${round(j.memory_usable_bytes / 1e9)} GB usable a chip`],
    ["bound", `no engine serves more than ${round(bound.requests_per_s)} requests a second here (${bound.limited_by})`],
    ["bound by", j.bound_by],
    ["10 % more", tenthMore(j) + " (change of the time of a request)"],
  ];
}

function serveSections() {
  section("Tokens and price", "Requests simulated on the layout that serves most of them in time, each kind of factory by its own engine.");
  const pair = el("div", { class: "pair" });
  main.append(pair);
  chart(pair, barsOf("serve", "Output tokens of the whole site", "k tokens/s", (j) => j.output_tokens_per_s / 1e3));
  chart(pair, barsOf("serve", "Price of answers", "$ / Mtok out", (j) => j.usd_per_million_output_tokens));
  section("Where an output token's time goes");
  ledgersOf("serve", (job) => "One output token of " + job, "time", (j) => j.token_ledger);
}

/** The wait of 99 requests in a hundred, at most. */
const waitOf = (latency) => (latency === null ? "–" : round(latency.p99) + " ms");

const servePage = {
  title: "Serving: what the site does in time",
  head: ["k tokens/s", "tokens/s a chip", "first token", "each after it", "$ / Mtok in", "$ / Mtok out"],
  cells: (j) => [round(j.output_tokens_per_s / 1e3), round(j.output_tokens_per_s_per_chip),
    waitOf(j.ttft_ms), waitOf(j.tpot_ms), round(j.usd_per_million_input_tokens),
    round(j.usd_per_million_output_tokens)],
  legend: "Output tokens of the whole site in its hours, and of a chip; the time to the first token and between later ones, of 99 requests in a "
    + "hundred at most; a million tokens of prompts, of answers, at the whole site's cost in its hours, by the time that each takes alone.",
  facts: serveFacts,
  after: () => null,
  sections: serveSections,
};
