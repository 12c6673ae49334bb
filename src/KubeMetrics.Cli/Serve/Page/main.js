import { get } from "./api.js";
import { announce } from "./announce.js";
import * as changes from "./changes.js";
import { plain } from "./prose.js";
import * as router from "./router.js";
import { stateWord, underWay } from "./runs.js";
import { copiedWords } from "./ingests.js";
import { signInIfEnded, startSession } from "./session.js";
import { keepFresh } from "./times.js";
import { datasetsView } from "./view-datasets.js";
import { datasetView } from "./view-dataset.js";
import { dataView } from "./view-data.js";
import { analyzeView } from "./view-analyze.js";
import { runsView } from "./view-runs.js";
import { runView } from "./view-run.js";
import { activityView } from "./view-activity.js";
import { missingView } from "./view-missing.js";

const routes = [
  { path: /^\/$/, view: datasetsView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)\/data$/, view: dataView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)\/analyze$/, view: analyzeView, nav: "datasets" },
  { path: /^\/datasets\/([^/]+)$/, view: datasetView, nav: "datasets" },
  { path: /^\/runs$/, view: runsView, nav: "runs" },
  { path: /^\/runs\/([^/]+)$/, view: runView, nav: "runs" },
  { path: /^\/activity$/, view: activityView, nav: "activity" },
];

const session = startSession();
watchConnection();
watchWork("runs", ["run"], endedRun);
watchWork("activity", ["ingest", "refresh", "job"], endedActivity);
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

// How many are under way stands beside the place's name; that one has ended is said aloud, its progress is not.
function watchWork(nav, kinds, ended) {
  const badge = document.querySelector(`[data-nav="${nav}"] .under-way`);
  const running = new Map();
  const show = () => {
    // What a refresh waits for is part of it.
    const parts = new Set([...running.values()].flatMap(work => [work.ingest, typeof work.job === "string" && work.job]).filter(Boolean));
    const number = [...running.keys()].filter(id => !parts.has(id)).length;
    badge.hidden = number === 0;
    badge.textContent = number;
    badge.title = `${number} under way`;
  };
  const say = text => { if (text) announce(text); };
  changes.on("connection", there => {
    if (!there) return;
    running.clear();
    show();
  });
  for (const kind of kinds) {
    changes.on(kind, work => {
      if (underWay(work)) running.set(work.id, work);
      else if (running.delete(work.id)) say(ended(work, kind));
      show();
    });
  }
}

function endedRun(run) {
  const outcome = run.state === "succeeded" && run.findings.length > 0 ? plain(run.findings[0]) : run.problem?.detail ?? "";
  return `Analysis of ${run.dataset}: ${stateWord(run).toLowerCase()}. ${outcome}`;
}

function endedActivity(work, kind) {
  // The end of its run was said just before.
  if (kind === "refresh" && work.analysis && work.state === "succeeded") return null;
  const outcome = work.problem?.detail ?? (kind === "ingest" && work.state === "succeeded" ? copiedWords(work) : "");
  if (kind === "job") return `Job ${work.id}: ${stateWord(work).toLowerCase()}. ${outcome}`;
  return `${kind === "ingest" ? "Ingest" : "Refresh"} of ${work.dataset || work.source}: ${stateWord(work).toLowerCase()}. ${outcome}`;
}

async function showVersion() {
  try {
    const { value } = await get("/api/health");
    if (value?.version) document.querySelector(".version").textContent = `KubeMetrics ${value.version}`;
  } catch {
    // The page does without.
  }
}
