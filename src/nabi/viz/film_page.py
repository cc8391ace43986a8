"""The page of a film: HTML, CSS and script in one text; `film` fills in what stands in double braces."""

from nabi.viz.page_head import HEAD

PAGE = HEAD + """img { display: block; width: 100%; height: auto; }
.bar { display: flex; gap: .8rem; align-items: center; margin-top: 1rem; max-width: 44rem; }
.bar button { font: inherit; min-width: 4.5rem; padding: .3rem .8rem; border: 1px solid #C3CBD4; border-radius: .4rem;
              background: #fff; cursor: pointer; }
.bar input { flex: 1; accent-color: #0B69B4; }
button:focus-visible, input:focus-visible { outline: 2px solid #0B69B4; outline-offset: 2px; }
output { font-variant-numeric: tabular-nums; color: #5F6C7B; min-width: 7rem; }
</style>
</head>
<body>
<img id="frame" alt="{{title}}">
<div class="bar"><button id="play"></button><input id="at" type="range" min="0" value="0" aria-label="{{title}}">
<output id="name"></output></div>
<script>
"use strict";
const film = {{data}};
const frame = document.getElementById("frame"), slider = document.getElementById("at");
const button = document.getElementById("play"), output = document.getElementById("name");
let timer = null;
slider.max = film.frames.length - 1;
function draw() {
  frame.src = "data:image/png;base64," + film.frames[slider.value];
  output.textContent = film.names[slider.value];
}
function stop() { clearInterval(timer); timer = null; button.textContent = film.play; }
function play() {
  if (+slider.value >= +slider.max) slider.value = 0;
  button.textContent = film.stop;
  draw();
  timer = setInterval(() => { slider.value = +slider.value + 1; draw(); if (+slider.value >= +slider.max) stop(); }, film.pace);
}
button.onclick = () => timer ? stop() : play();
slider.oninput = () => { if (timer) stop(); draw(); };
button.textContent = film.play;
if (matchMedia("(prefers-reduced-motion: reduce)").matches) { slider.value = slider.max; draw(); } else play();
</script>
</body>
</html>
"""
