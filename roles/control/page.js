// Draws the panels from what runs, sends what is pressed, and keeps the picture of the kiosk's screen fresh.
"use strict";

const PANELS = {
  id_card_reader: { title: "身份证阅读器 · ID-card reader", rows: (menu) => [
    ...menu.cards.map((card) => [card.title, { do: "put_card", card: card.id }]),
    ["取走 · lift the card", { do: "lift_card" }],
    ["拔线 · unplug", { do: "fault", name: "vanish" }, true], ["乱码 · garbage", { do: "fault", name: "garbage" }, true],
    ["恢复 · recover", { do: "heal" }]] },
  document_camera: { title: "拍材料的托盘 · the tray", rows: (menu) => [
    ...menu.papers.map((paper) => [paper.title, { do: "lay", page: paper.id }]),
    ["拿走 · take away", { do: "clear" }], ["卡住 · freeze the camera", { do: "freeze" }, true],
    ["恢复 · recover", { do: "recover" }]] },
  receipt_printer: { title: "回执打印机 · receipt printer", rows: () => [
    ["纸快完 · paper low", { do: "paper_near_end" }, true], ["没纸 · paper out", { do: "paper_out" }, true],
    ["开盖 · cover open", { do: "cover_open" }, true], ["合盖 · cover closed", { do: "cover_close" }],
    ["装纸 · refill", { do: "refill" }]] },
  line: { title: "通往办公室的网络 · line to the office", rows: () => [
    ["断开 · cut", { do: "cut" }, true], ["恢复 · restore", { do: "restore" }]] },
};

const $ = (id) => document.getElementById(id);

async function send(order, path = "/do") {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order) });
  const said = await answer.json();
  $("answer").textContent = said.ok ? "好了 · done" : said.error;
}

function drawPanels(menu) {
  for (const [device, kind] of Object.entries(menu.devices)) {
    const panel = PANELS[kind];
    if (!panel) continue;
    const box = document.createElement("div");
    box.className = "panel";
    box.append(Object.assign(document.createElement("h2"), { textContent: panel.title }));
    for (const [words, order, trouble] of panel.rows(menu)) {
      const button = Object.assign(document.createElement("button"), { textContent: words, className: trouble ? "trouble" : "" });
      button.onclick = () => send({ device, ...order });
      box.append(button);
    }
    $("panels").append(box);
  }
  for (const link of menu.links) {
    const anchor = Object.assign(document.createElement("a"), { href: link.url, textContent: link.title, target: "_blank" });
    $("links").append(anchor, document.createElement("br"));
  }
}

function watchScreen() {
  const picture = $("screen");
  $("window").hidden = false;
  let points = [];
  const at = (event) => [event.offsetX * picture.naturalWidth / picture.width, event.offsetY * picture.naturalHeight / picture.height];
  picture.onpointerdown = (event) => { picture.setPointerCapture(event.pointerId); points = [at(event)]; };
  picture.onpointermove = (event) => { if (points.length) points.push(at(event)); };
  picture.onpointerup = () => { send({ points: points.length > 3 ? points : points.slice(0, 1) }, "/touch"); points = []; };
  const next = () => { picture.src = `/screen.jpg?${Date.now()}`; };
  picture.onload = () => setTimeout(next, 150);
  picture.onerror = () => setTimeout(next, 1000);
  next();
}

function watchReceipt() {
  const picture = $("receipt");
  picture.onload = () => { picture.hidden = false; $("receipt-words").textContent = "最近一张回执 · the last receipt"; };
  picture.onerror = () => { picture.hidden = true; };
  setInterval(() => { picture.src = `/receipt.png?${Date.now()}`; }, 2000);
}

fetch("/menu").then((answer) => answer.json()).then((menu) => {
  drawPanels(menu);
  if (menu.screen) watchScreen();
  watchReceipt();
});
