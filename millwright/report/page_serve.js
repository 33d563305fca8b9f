// Serving jobs on the page of a study.

/** The facts of one job that runs. */
function serveFacts(f, j) {
  return [
    ["replicas", `to decode, ${j.decode.chips} chips in ${j.precision} at batch ${j.decode.batch}: ${round(j.decode.tokens_per_s)} tokens/s; to prefill, ${j.prefill.chips} chips: ${round(j.prefill.tokens_per_s)} tokens/s; each alone`],
    ["requests", `${round(j.requests_per_s)} a second at most, of ${j.asked.prompt_tokens} tokens answered with ${j.asked.output_tokens} (a bound by roofline)`],
    ["price", `$${round(j.usd_per_million_output_tokens)} per million served output tokens, $${round(j.usd_per_million_input_tokens)} per million of prompts`],
    ["memory", `${round(j.memory_bytes / 1e9)} of ${round(j.memory_usable_bytes / 1e9)} GB usable a chip`],
    ["bound by", j.bound_by],
    ["10 % more", tenthMore(j) + " (change of the time of a request)"],
  ];
}

function serveSections() {
  section("Tokens and price", "Prefill and decode on the replicas that do most of each, as if the site did nothing else, batches always full: no site serves more, or for less.");
  const pair = el("div", { class: "pair" });
  main.append(pair);
  chart(pair, barsOf("serve", "Output tokens of the whole site", "k tokens/s", (j) => j.output_tokens_per_s / 1e3));
  chart(pair, barsOf("serve", "Price of serving, by the time of decoding", "$ / Mtok out", (j) => j.usd_per_million_output_tokens));
  section("Where an output token's time goes");
  ledgersOf("serve", (job) => "One output token of " + job, "time", (j) => j.token_ledger);
}

const servePage = {
  title: "Serving: the most that the site could do",
  head: ["k tokens/s", "tokens/s a chip", "first token", "each after it", "$ / Mtok in", "$ / Mtok out"],
  cells: (j) => [round(j.output_tokens_per_s / 1e3), round(j.output_tokens_per_s_per_chip),
    round(j.ttft_ms.mean) + " ms", round(j.tpot_ms.mean) + " ms", round(j.usd_per_million_input_tokens),
    round(j.usd_per_million_output_tokens)],
  legend: "Output tokens of the whole site and of a chip; the time to the first token of a prompt that waits for none, and "
    + "between output tokens; a million tokens of prompts, of answers, by the time of chips that each takes alone. By roofline: no site serves more, sooner or for less.",
  facts: serveFacts,
  after: () => null,
  sections: serveSections,
};
