// Twenty expressions of uncertain quantities as Squiggle works them out, as CSV on standard output.
// How to run it, and what reads it: README.md beside it.
import { readFileSync } from "node:fs";
import { run } from "@quri/squiggle-lang";

// the inputs, under the names that tests/unit/chance/squiggle_test.cpp has them by
const inputs = `
a = uniform(2, 6)
b = triangular(1, 2, 5)
c = 10 + 20 * beta(1.8, 4.2)
d = normal(8, 1.5)
e = lognormal({p10: 2, p90: 18})
f = 3 + 4 * beta(2, 5)
g = mx([1, 2, 5], [0.5, 0.3, 0.2])
h = truncate(SampleSet.fromDist(normal(0, 1)), 0.5, 2)
`;
const expressions = {
  sum: "a + b", sum_of_four: "a + b + d + f", difference: "d - c", product: "a * b",
  product_with_lognormal: "a * e", product_of_three: "a * b * c", quotient: "c / a",
  quotient_of_lognormal: "e / d", square: "a ^ 2", cube: "b ^ 3", root: "c ^ 0.5",
  power: "b ^ h", inverse: "1 / b", discrete: "g * a", discrete_sum: "g + d",
  discrete_quotient: "c / g", truncated: "h * c", ratio_of_sums: "(a + b) / (c + f)",
  cost: "a * c + b * e", present_value: "e / (1 + h / 10) ^ f",
};

const installed = new URL("package.json", import.meta.resolve("@quri/squiggle-lang").replace(
  /dist\/.*$/, ""));
const version = JSON.parse(readFileSync(installed)).version;
const environment = { sampleCount: 100_000, xyPointLength: 1000, profile: false, seed: "oracle" };
console.log(`# @quri/squiggle-lang ${version}, ${environment.sampleCount} samples`);
console.log("name,mean,p5,p50,p95");
for (const [name, expression] of Object.entries(expressions)) {
  const asked = `x = ${expression}\n[mean(x), quantile(x, 0.05), quantile(x, 0.5), quantile(x, 0.95)]`;
  const { result } = await run(inputs + asked, { environment });
  if (!result.ok) throw new Error(`${name}: ${result.value}`);
  const numbers = String(result.value.result).replace(/[[\]\s]/g, "").split(",");
  console.log([name, ...numbers.map((number) => Number(number).toPrecision(8))].join(","));
}
