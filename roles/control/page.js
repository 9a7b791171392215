// Draws the panels from what runs, sends what is pressed, and keeps the picture, the states and the receipt fresh.
"use strict";

const KEYPAD = [..."123456789*0#"].map((id) => ({ id }));
const LAMPS = { off: "#D9D3C5", green: "#2E9E5B", amber: "#E8A317", red: "#C62F24", blue: "#2F6FC6", white: "#FFFFFF" };
const PLACES = { id_card: "身份证", citizen_card: "市民卡", code_scanner: "扫码", tray: "托盘", receipt_slot: "回执", document_slot: "文件" };

// Draws what the board's lights show: the status light above, and the places where something is to be put or taken.
function boardPicture(state) {
  const lamp = (x, y, r, colour, lit, blinks) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}" stroke="#16233B" stroke-width="${lit ? 2.5 : 1}" class="${blinks ? "blinking" : ""}"/>`;
  const places = Object.entries(PLACES).map(([place, words], index) => {
    const x = 90 + index * 58, lit = state.lit.includes(place);
    return `${lamp(x, 26, 11, lit ? LAMPS.white : LAMPS.off, lit, false)}${lit ? `<circle cx="${x}" cy="26" r="6" fill="#0A4F5C"/>` : ""}<text x="${x}" y="56">${words}</text>`;
  });
  const bits = [["service_key", "钥匙转开"], ["headphones", "耳机插着"]].filter(([part]) => state[part]).map(([, words]) => words).join(" ");
  return `<svg viewBox="0 0 520 64" role="img" aria-label="灯 · lights: ${state.light} ${state.lit.join(" ")}">${lamp(34, 26, 17, LAMPS[state.light] ?? LAMPS.off, state.light !== "off", state.blinking)}
    <text x="34" y="60">状态灯</text>${places.join("")}<text x="470" y="31">${bits}</text></svg>`;
}

// A panel's rows are lists of buttons: [words, order, kind]; "trouble" makes a fault, "end" ends every fault of the device.
const PANELS = {
  id_card_reader: { title: "身份证阅读器 · ID-card reader", rows: (menu) => [
    menu.cards.map((card) => [card.title, { do: "put_card", card: card.id }]),
    [["取走 · lift the card", { do: "lift_card" }]],
    [["拔线 · unplug", { do: "fault", name: "vanish" }, "trouble"], ["乱码 · garbage", { do: "fault", name: "garbage" }, "trouble"],
      ["不答 · silent", { do: "fault", name: "silent" }, "trouble"], ["读时挪开 · card moved", { do: "fault", name: "moved_mid_read" }, "trouble"],
      ["叠了两张 · two cards", { do: "fault", name: "collision" }, "trouble"],
      ["都恢复 · all well again", { do: "heal" }, "end"]]],
    say: (state, menu) => [titled(menu.cards, state.card) ?? "上面没有卡 · no card on it", state.faults] },
  citizen_card_reader: { title: "市民卡阅读器 · citizen-card reader", rows: (menu) => [
    menu.citizen_cards.map((card) => [card.title, { do: "insert", card: card.id }]),
    menu.other_cards.map((card) => [card.title, { do: "insert", card: card.id }]),
    [["取出 · take out", [{ do: "remove" }, { do: "remove", reader: "contactless" }]]],
    [["插反了 · mute", { do: "fault", name: "mute" }, "trouble"], ["读时抽走 · pulled out", { do: "fault", name: "yanked_mid_read" }, "trouble"],
      ["内容乱 · wrong records", { do: "fault", name: "wrong_records" }, "trouble"], ["拔线 · unplug", { do: "fault", name: "unplugged" }, "trouble"],
      ["服务停了 · pcscd stopped", { do: "fault", name: "service_gone" }, "trouble"], ["都恢复 · all well again", { do: "heal" }, "end"]]],
    say: (state, menu) => [state.trouble ?? titled([...menu.citizen_cards, ...menu.other_cards], state.card ?? state.contactless) ?? "里面没有卡 · no card in it", state.faults] },
  document_camera: { title: "拍材料的托盘 · the tray", rows: (menu) => [
    menu.papers.map((paper) => [paper.title, { do: "lay", page: paper.id }]),
    [["拿走 · take away", { do: "clear" }]],
    [["卡住 · freeze", { do: "freeze" }, "trouble"], ["拔线 · unplug", { do: "die" }, "trouble"], ["全黑 · dark", { do: "dark" }, "trouble"],
      ["全白 · dazzled", { do: "dazzle" }, "trouble"], ["台面被推歪 · tray pushed", { do: "move" }, "trouble"],
      ["都恢复 · all well again", { do: "recover" }, "end"]]],
    say: (state, menu) => [titled(menu.papers, state.page) ?? "托盘是空的 · the tray is empty", state.fault ? [state.fault] : [], state.defects] },
  code_scanner: { title: "扫码器 · code scanner", rows: () => [
    [["出示这个码 · show this code", { do: "show" }], ["电子证件码（虚构）· an e-ID code (fictional)", { do: "show", code: "SFMDEMO7f3a9c51d2" }]],
    [["只扫到一半 · half a code", { do: "fault", name: "half_code" }, "trouble"], ["扫两遍 · doubled", { do: "fault", name: "doubled" }, "trouble"],
      ["乱码 · garbage", { do: "fault", name: "garbage" }, "trouble"], ["不答 · silent", { do: "fault", name: "silent" }, "trouble"],
      ["拔线 · unplug", { do: "fault", name: "vanish" }, "trouble"], ["都恢复 · all well again", { do: "heal" }, "end"]]],
    say: (state) => [`扫过 ${state.typed} 个码 · ${state.typed} codes sent`, state.faults] },
  receipt_printer: { title: "回执打印机 · receipt printer", rows: () => [
    [["纸快完 · paper low", { do: "paper_near_end" }, "trouble"], ["没纸 · paper out", { do: "paper_out" }, "trouble"],
      ["装纸 · refill", { do: "refill" }]],
    [["开盖 · open the cover", { do: "cover_open" }, "trouble"], ["合盖 · close the cover", { do: "cover_close" }]],
    [["卡刀 · cutter jam", { do: "cutter_jam" }, "trouble"], ["取出卡住的纸 · free the blade", { do: "cutter_freed" }],
      ["过热 · overheated", { do: "overheated" }, "trouble"], ["坏了 · broken", { do: "unrecoverable" }, "trouble"]],
    [["不答 · silent", { do: "silent" }, "trouble"], ["断断续续 · dribble", { do: "dribble" }, "trouble"],
      ["乱码 · garbage", { do: "garbage" }, "trouble"], ["不收 · stops reading", { do: "stop_reading" }, "trouble"],
      ["断电重启 · power cycle", { do: "power_cycle" }, "trouble"], ["拔线 · unplug", { do: "vanish" }, "trouble"],
      ["都恢复 · all well again", [{ do: "clear" }, { do: "speak" }, { do: "resume" }, { do: "return" }], "end"]]],
    say: (state) => [`这次打印了 ${state.printed} 张 · ${state.printed} printed`,
      Object.keys(WORDS).filter((sensor) => state[sensor] === true)] },
  auxiliaries: { title: "灯、门、电源、按键 · lights, door, power, keypad", picture: boardPicture, rows: () => [
    KEYPAD.map((key) => [key.id, { do: "press", key: key.id }]),
    [["有人来 · somebody comes", { do: "come" }], ["人走了 · they leave", { do: "leave" }],
      ["插耳机 · plug headphones", { do: "plug" }], ["拔耳机 · unplug headphones", { do: "unplug" }]],
    [["开柜门 · open the door", { do: "open_door" }, "trouble"], ["关柜门 · shut it", { do: "close_door" }],
      ["转维护钥匙 · turn the service key", { do: "key_on" }], ["转回来 · turn it back", { do: "key_off" }]],
    [["停电 · mains off", { do: "mains_off" }, "trouble"], ["电池快完 · battery low", { do: "battery_low" }, "trouble"],
      ["来电 · mains on", { do: "mains_on" }]],
    [["乱码 · garbage", { do: "fault", name: "garbage" }, "trouble"], ["不答 · silent", { do: "fault", name: "silent" }, "trouble"],
      ["停住 · frozen", { do: "fault", name: "frozen" }, "trouble"], ["重启 · reboot", { do: "fault", name: "reboot" }, "trouble"],
      ["拔线 · unplug", { do: "fault", name: "vanish" }, "trouble"], ["都恢复 · all well again", [{ do: "heal" }, { do: "rest" }], "end"]]],
    say: (state) => [state.somebody ? "前面有人 · somebody is there" : "前面没有人 · nobody is there",
      [...["door", "battery", "battery_low"].filter((part) => state[part]), ...state.faults]] },
  document_printer: { title: "文件打印机 · document printer", rows: () => [
    [["碳粉少 · toner low", { do: "toner_low" }, "trouble"], ["没碳粉 · toner out", { do: "toner_out" }, "trouble"],
      ["纸快完 · paper low", { do: "paper_low" }, "trouble"], ["没纸 · paper out", { do: "paper_out" }, "trouble"]],
    [["卡纸 · jam", { do: "jam" }, "trouble"], ["开盖 · open the cover", { do: "cover_open" }, "trouble"],
      ["拔线 · unplug", { do: "fault", name: "gone" }, "trouble"], ["不答 · silent", { do: "fault", name: "silent" }, "trouble"],
      ["都恢复 · all well again", { do: "well" }, "end"]]],
    say: (state) => state.trouble ? ["", [state.trouble]]
      : [`碳粉 · toner ${state.toner}%， 纸 · paper ${state.paper}， 打印了 ${state.printed} 份 · ${state.printed} printed`,
        [...state.conditions, ...state.faults]] },
  line: { title: "通往办公室的网络 · line to the office", rows: () => [
    [["断开 · cut", { do: "cut" }, "trouble"], ["半开 · hang", { do: "hang" }, "trouble"], ["恢复 · restore", { do: "restore" }, "end"]]],
    say: (state) => [state.state === "open" ? "通 · open" : "", state.state === "open" ? [] : [state.state]] },
};

const WORDS = {
  "media-jam": "卡纸 · paper jam", "cover-open": "盖开着 · cover open", gone: "线拔了 · unplugged",
  door: "柜门开着 · door open", battery: "停电 · on battery", battery_low: "电池快完 · battery low", frozen: "停住 · frozen", reboot: "重启过 · rebooted",
  near_end: "纸快完 · paper low", paper_out: "没纸 · paper out", cover_open: "盖开着 · cover open", cutter_jam: "卡刀 · cutter jam",
  overheated: "过热 · overheated", unrecoverable: "坏了 · broken", unplugged: "线拔了 · unplugged",
  vanish: "线拔了 · unplugged", garbage: "乱码 · garbage", silent: "不答 · silent", collision: "叠了两张 · two cards", moved_mid_read: "读时挪开 · card moved",
  half_code: "只扫到一半 · half a code", doubled: "扫两遍 · doubled",
  mute: "插反了 · mute", yanked_mid_read: "读时抽走 · pulled out", wrong_records: "内容乱 · wrong records",
  service_gone: "服务停了 · pcscd stopped", pin_protected: "要密码 · wants a PIN",
  freeze: "卡住 · frozen", die: "线拔了 · unplugged", dark: "全黑 · dark", dazzle: "全白 · dazzled", move: "台面被推歪 · tray pushed", cut: "断了 · cut", hanging: "半开 · hanging",
  finger: "手指挡住 · a finger on it", glare: "反光 · glare", blur: "模糊 · blurred", cut_off: "没放全 · cut off", empty: "空白 · empty",
};
const $ = (id) => document.getElementById(id);
const titled = (list, id) => list.find((one) => one.id === id)?.title;
const make = (tag, properties, ...inside) => { const made = Object.assign(document.createElement(tag), properties); made.append(...inside); return made; };
const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function answer(words, trouble) {
  $("answer").textContent = words;
  $("answer").className = trouble ? "trouble" : "";
}

async function send(order, path = "do") {
  try {
    const reply = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order) });
    const said = await reply.json();
    if (!said.ok) answer(said.error, true);
    return said.ok;
  } catch { answer("模拟终端没有回答 · the simulated kiosk does not answer", true); return false; }
}

async function press(device, words, orders, extra) {
  for (const order of [orders].flat()) if (!await send({ device, ...(extra[order.do]?.() ?? {}), ...order })) return;
  answer(`${words} ✓`);
}

function drawPanel(menu, device, panel) {
  const defect = make("select", { title: "怎么放 · how it lies" }, make("option", { value: "" }, "放得好 · lies well"),
    ...menu.defects.map((name) => make("option", { value: name }, WORDS[name] ?? name)));
  const code = make("input", { title: "码的内容 · what the code says", placeholder: "码的内容 · what the code says", maxLength: 2000 });
  const extra = { lay: () => (defect.value ? { defects: [defect.value] } : {}), show: () => ({ code: code.value }) };
  const box = make("div", { className: "panel" }, make("h2", {}, panel.title), make("span", { className: "state", id: `state-${device}` }, "…"));
  if (panel.picture) box.append(make("div", { className: "picture", id: `picture-${device}` }));
  for (const row of panel.rows(menu)) {
    const line = make("div", { className: "row" }, ...row.map(([words, orders, kind]) =>
      make("button", { className: kind ?? "", onclick: () => press(device, words, orders, extra) }, words)));
    if (row.some(([, orders]) => orders.do === "lay")) line.append(defect);
    if (row.some(([, orders]) => orders.do === "show")) line.prepend(code);
    box.append(line);
  }
  $("panels").append(box);
}

function showState(menu, device, state) {
  const place = $(`state-${device}`);
  if (!place) return;
  const [well, faults, remarks = []] = state ? PANELS[menu.devices[device]].say(state, menu) : ["没有回答 · no answer", [""]];
  place.textContent = [well, ...[...faults, ...remarks].map((fault) => WORDS[fault] ?? fault)].filter(Boolean).join("； ");
  place.classList.toggle("trouble", faults.length > 0);
  const draw = PANELS[menu.devices[device]].picture;
  if (draw) $(`picture-${device}`).innerHTML = state ? draw(state) : "";
}

async function watchState(menu) {
  for (let receipt = null; ; await after(700)) {
    if (document.hidden) continue;
    const now = await fetch("state").then((reply) => reply.json(), () => ({ devices: {}, window: null, receipt }));
    for (const device of Object.keys(menu.devices)) showState(menu, device, now.devices[device]);
    $("shown").textContent = now.window ? `${now.window.screen} (${now.window.state})` : "没有窗口 · no window";
    if (now.receipt !== receipt) $("receipt").src = `receipt.png?${encodeURIComponent(now.receipt)}`;
    receipt = now.receipt;
  }
}

async function watchScreen() {
  for (let seen = "", held = ""; ; await after(120)) {
    if (document.hidden) continue;
    const reply = await fetch(`screen.jpg?seen=${seen}`).catch(() => null);
    if (!reply?.ok) await after(1000);
    if (reply?.status !== 200) continue;
    const fresh = URL.createObjectURL(await reply.blob());
    $("screen").src = fresh;
    URL.revokeObjectURL(held);
    [seen, held] = [reply.headers.get("X-Picture"), fresh];
  }
}

function touchScreen([width, height]) {
  const picture = $("screen");
  let points = [];
  const at = (event) => [Math.min(Math.max(event.offsetX / picture.clientWidth, 0), 1) * (width - 1),
    Math.min(Math.max(event.offsetY / picture.clientHeight, 0), 1) * (height - 1)];
  picture.onpointerdown = (event) => { picture.setPointerCapture(event.pointerId); points = [at(event)]; };
  picture.onpointermove = (event) => { if (points.length) points.push(at(event)); };
  picture.onpointercancel = () => { points = []; };
  picture.onpointerup = () => { if (points.length) send({ points: points.length > 3 ? points : points.slice(0, 1) }, "touch"); points = []; };
}

fetch("menu").then((reply) => reply.json()).then((menu) => {
  for (const [device, kind] of Object.entries(menu.devices)) if (PANELS[kind]) drawPanel(menu, device, PANELS[kind]);
  for (const link of menu.links) $("links").append(make("a", { href: link.url, target: "_blank" }, link.title));
  $("receipt").onload = () => { $("receipt").hidden = false; $("receipt-words").textContent = ""; };
  $(menu.screen ? "window" : "elsewhere").hidden = false;
  if (menu.screen) { touchScreen(menu.screen); watchScreen(); }
  watchState(menu);
});
