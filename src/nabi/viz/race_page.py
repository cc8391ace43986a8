"""The page of an optimizer race: HTML, CSS and script in one text; `race_film` fills in what stands in double braces."""

from nabi.viz.page_head import HEAD

PAGE = HEAD + """h1 { font-size: 1.35rem; margin: 0; }
p { color: #5F6C7B; margin: .2rem 0 1rem; }
main { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
canvas { width: 100%; max-width: 44rem; height: auto; flex: 1 1 26rem; }
aside { flex: 1 1 20rem; max-width: 26rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { font-weight: normal; color: #5F6C7B; text-align: left; font-size: .85rem; }
td { padding: .1rem .4rem .1rem 0; }
td:last-child, th:last-child { text-align: right; padding-right: 0; }
td button { font: inherit; font-weight: bold; border: 0; background: none; padding: .15rem 0; cursor: pointer; }
tr.off { opacity: .3; }
.bar { display: flex; gap: .8rem; align-items: center; margin-top: 1rem; }
.bar button { font: inherit; min-width: 4.5rem; padding: .3rem .8rem; border: 1px solid #C3CBD4; border-radius: .4rem;
              background: #fff; cursor: pointer; }
.bar input { flex: 1; accent-color: #0B69B4; }
button:focus-visible, input:focus-visible { outline: 2px solid #0B69B4; outline-offset: 2px; }
output { font-variant-numeric: tabular-nums; color: #5F6C7B; }
</style>
</head>
<body>
<h1>{{title}}</h1>
<p>{{below}}</p>
<main>
<canvas id="map" role="img" aria-label="{{title}}"></canvas>
<aside>
<table><thead><tr><th colspan="3">{{optimizer}}</th><th>{{result}}</th></tr></thead><tbody id="names"></tbody></table>
<p>{{show}}</p>
<div class="bar"><button id="play"></button><input id="step" type="range" min="0" max="1000" value="0" aria-label="step"></div>
<output id="at"></output>
</aside>
</main>
<script>
"use strict";
const race = {{data}};
const canvas = document.getElementById("map"), pen = canvas.getContext("2d"), ground = new Image();
const slider = document.getElementById("step"), button = document.getElementById("play"), at = document.getElementById("at");
const [left, top_, width, height] = race.box;
let only = null, timer = null, still = matchMedia("(prefers-reduced-motion: reduce)").matches;
[canvas.width, canvas.height] = race.size;
const px = x => left + (x - race.x[0]) / (race.x[1] - race.x[0]) * width;
const py = y => top_ + (race.y[1] - y) / (race.y[1] - race.y[0]) * height;
const now = () => Math.round(race.steps * (slider.value / 1000) ** 2);
function draw() {
  const step = now();
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(ground, 0, 0);
  pen.save();
  pen.beginPath(); pen.rect(left, top_, width, height); pen.clip();
  pen.lineJoin = "round";
  race.paths.forEach((path, k) => {
    if (only !== null && only !== k) return;
    let n = path.steps.findIndex(s => s > step);
    n = n < 0 ? path.steps.length : n;
    for (const [color, wide, dashes] of [["#ffffffbb", 7, []], [path.color, 4, path.dashed ? [13, 6] : []]]) {
      pen.strokeStyle = color; pen.lineWidth = wide; pen.setLineDash(dashes);
      pen.beginPath();
      for (let i = 0; i < n; i++) pen.lineTo(px(path.x[i]), py(path.y[i]));
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.fillStyle = path.color; pen.strokeStyle = "#fff"; pen.lineWidth = 2;
    pen.beginPath(); pen.arc(px(path.x[n - 1]), py(path.y[n - 1]), 8, 0, 7); pen.fill(); pen.stroke();
  });
  pen.restore();
  const said = [step, race.steps];
  at.textContent = race.at.startsWith("#") ? race.at.replace("#", race.steps).replace("#", step)
                                           : race.at.replace(/#/g, () => said.shift());
}
function stop() { clearInterval(timer); timer = null; button.textContent = race.play; }
function play() {
  if (+slider.value >= 1000) slider.value = 0;
  button.textContent = race.stop;
  timer = setInterval(() => { slider.value = +slider.value + 6; draw(); if (+slider.value >= 1000) stop(); }, 40);
}
button.onclick = () => timer ? stop() : play();
slider.oninput = () => { if (timer) stop(); draw(); };
race.paths.forEach((path, k) => {
  const row = document.getElementById("names").insertRow();
  const sample = row.insertCell();
  sample.innerHTML = '<svg width="34" height="12" aria-hidden="true"><line x1="0" y1="6" x2="34" y2="6"/></svg>';
  const line = sample.querySelector("line");
  line.setAttribute("stroke", path.color); line.setAttribute("stroke-width", 3);
  if (path.dashed) line.setAttribute("stroke-dasharray", "7 3");
  const name = document.createElement("button");
  name.textContent = path.name; name.style.color = path.color;
  name.onclick = () => {
    only = only === k ? null : k;
    [...document.getElementById("names").rows].forEach((other, i) => other.className = only === null || only === i ? "" : "off");
    draw();
  };
  row.insertCell().append(name);
  row.insertCell().textContent = path.rate;
  row.insertCell().textContent = path.said;
});
button.textContent = race.play;
ground.onload = () => { if (still) slider.value = 1000; draw(); if (!still) play(); };
ground.src = "data:image/png;base64,{{map}}";
</script>
</body>
</html>
"""
