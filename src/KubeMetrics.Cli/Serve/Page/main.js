import { get } from "./api.js";
import { announce } from "./announce.js";
import * as changes from "./changes.js";
import { plain } from "./prose.js";
import * as router from "./router.js";
import { stateWord, underWay } from "./runs.js";
import { signInIfEnded, startSession } from "./session.js";
import { keepFresh } from "./times.js";
import { datasetsView } from "./view-datasets.js";
import { datasetView } from "./view-dataset.js";
import { dataView } from "./view-data.js";
import { analyzeView } from "./view-analyze.js";
import { runsView } from "./view-runs.js";
import { runView } from "./view-run.js";
import { missingView } from "./view-missing.js";

const routes = [
  { path: /^\/$/, view: datasetsView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)\/data$/, view: dataView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)\/analyze$/, view: analyzeView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)$/, view: datasetView, nav: "datasets" },
  { path: /^\/runs$/, view: runsView, nav: "runs" },
  { path: /^\/runs\/([^/]+)$/, view: runView, nav: "runs" },
];

const session = startSession();
watchConnection();
watchRuns();
keepFresh();
router.start(routes, document.getElementById("view"), missingView);
showVersion();
const { needed, signedIn } = await session ?? {};
changes.follow({ later: needed && !signedIn });

function watchConnection() {
  const line = document.querySelector(".connection");
  changes.on("connection", there => {
    if (line.hidden !== there) announce(there ? "Connected again" : "Connection lost, trying again");
    line.hidden = there;
    if (!there) signInIfEnded(() => { line.hidden = true; });
  });
}

// How many runs are under way stands beside "Runs"; that one has ended is said aloud, its progress is not.
function watchRuns() {
  const badge = document.querySelector(".under-way");
  const running = new Map();
  const show = () => {
    badge.hidden = running.size === 0;
    badge.textContent = running.size;
    badge.title = `${running.size} under way`;
  };
  changes.on("connection", there => {
    if (!there) return;
    running.clear();
    show();
  });
  changes.on("run", run => {
    if (underWay(run)) running.set(run.id, run);
    else if (running.delete(run.id)) announce(ended(run));
    show();
  });
}

function ended(run) {
  const outcome = run.state === "succeeded" && run.findings.length > 0 ? plain(run.findings[0]) : run.problem?.detail ?? "";
  return `Analysis of ${run.dataset}: ${stateWord(run).toLowerCase()}. ${outcome}`;
}

async function showVersion() {
  try {
    const { value } = await get("/api/health");
    if (value?.version) document.querySelector(".version").textContent = `KubeMetrics ${value.version}`;
  } catch {
    // The page does without.
  }
}
