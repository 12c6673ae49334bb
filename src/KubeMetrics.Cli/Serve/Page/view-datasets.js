import { h, replace } from "./dom.js";
import { get, listOf } from "./api.js";
import * as changes from "./changes.js";
import { copyBlock } from "./copy.js";
import { datasetRow } from "./dataset-row.js";
import { filterField } from "./filter.js";
import { counted } from "./numbers.js";
import { setTitle } from "./router.js";
import { newer, underWay, withRun } from "./runs.js";
import { loaded } from "./states.js";

const DEMO = "kubemetrics serve --demo";
const SETTINGS = [
  "export Datasets__KubeMetrics__Location=file:///data/kube-metrics",
  "export Datasets__KubeMetrics__Where__0=quantile=0.9",
  "export Datasets__KubeMetrics__GroupBy=operation_type",
  "kubemetrics serve",
].join("\n");

/** All datasets, each with what was found last. */
export async function datasetsView(context) {
  const { signal, query } = context;
  const runs = new Map();
  let rows = new Map();
  setTitle("Datasets");
  changes.on("run", run => {
    runs.set(run.id, newer(runs.get(run.id), run));
    const row = rows.get(run.dataset);
    row?.update(withRun(row.dataset, runs.get(run.id)), runs);
  }, signal);
  changes.on("dataset", dataset => {
    const row = rows.get(dataset.name);
    row?.update({ ...row.dataset, ...dataset }, runs);
  }, signal);
  changes.on("again", async () => {
    try {
      const all = await load();
      if (!signal.aborted) draw(all);
    } catch {
      // The line that says the connection is lost says enough.
    }
  }, signal);
  await loaded(context, { heading: "Datasets", load, draw });

  async function load() {
    const datasets = listOf((await get("/api/datasets", { signal })).value);
    // Runs under way come over the stream too, but perhaps later than this.
    if (datasets.some(dataset => dataset.running?.length > 0)) {
      const under = listOf((await get("/api/analysis?limit=50", { signal })).value).filter(underWay);
      for (const run of under) runs.set(run.id, newer(runs.get(run.id), run));
    }
    return datasets;
  }

  function draw(datasets) {
    rows = new Map(datasets.map(dataset => [dataset.name, datasetRow(dataset, runs)]));
    if (datasets.length === 0) {
      replace(context.target, empty());
      return;
    }
    const list = h("ul", { class: "datasets" }, [...rows.values()].map(row => row.element));
    const filter = datasets.length > 1 && filterField({
      label: "Filter", hint: "name or finding", query, count: shown => counted(shown, "dataset"),
      items: () => [...rows.values()].map(row => ({ element: row.element, text: row.text() })),
    });
    replace(context.target, h("div", { class: "view" },
      h("div", { class: "title-bar" }, h("h1", { class: "page-title" }, "Datasets"), filter && filter.element),
      list, filter && filter.none));
    if (filter) filter.apply();
  }
}

const empty = () => h("div", { class: "view empty-state" },
  h("h1", { class: "page-title" }, "No dataset yet"),
  h("p", null, "A dataset is a name for a place where Prometheus dumps are, and how to look at them."),
  h("h2", null, "See how it looks"),
  h("p", null, "Ten days of a made cluster, with something to find in them:"),
  copyBlock(DEMO, "the command for the demo"),
  h("h2", null, "Add your own"),
  h("p", null, "In the settings of the host, here as environment variables. Location is a folder or a bucket; the rest may be left out."),
  copyBlock(SETTINGS, "the settings of a dataset"));
