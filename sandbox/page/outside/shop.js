// The competitor's shop, seen by whoever moves its prices: every change is saved at once.

import { h, refill } from "../lib/dom.js";
import { api } from "../lib/api.js";
import { mainHead } from "../lib/head.js";
import { notice, told } from "../lib/notices.js";
import { loadShop, store } from "../lib/store.js";

const MODES = {
  normal: "Normal",
  sold_out: "Sold out",
  captcha: "Captcha page",
  login: "Login page",
  not_found: "“Not available” page",
  price_on_request: "Price on request",
  gone: "Gone (404)",
  slow: "Slow",
  error500: "Error 500",
  garbled: "Garbled encoding",
};
const AVAILABILITY = { in_stock: "In stock", out_of_stock: "Sold out", preorder: "Pre-order" };

/** Show the editor of the shop. */
export function showShop(root) {
  const body = h("div", { class: "outside", data: { testid: "shop" } });
  const update = () => {
    const { products, mode } = store.shop;
    refill(
      body,
      h(
        "div",
        { class: "panel-row" },
        h(
          "label",
          {},
          "The whole shop is ",
          choice(MODES, mode, "shop-mode", (value) => save(() => api.editShop({ mode: value }))),
        ),
        h("a", { class: "button", href: "/shop/", target: "_blank" }, "Open the shop ↗"),
      ),
      h(
        "div",
        { class: "table-scroll" },
        h(
          "table",
          { class: "shop-table" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              ["Product", "Price", "Tiers", "Availability", "Page"].map((title) =>
                h("th", { scope: "col" }, title),
              ),
            ),
          ),
          h("tbody", {}, products.map(row)),
        ),
      ),
    );
  };
  root.replaceChildren(
    mainHead({ title: "Competitor's shop", note: "VoltTrail: change a price and see who notices" }),
    body,
  );
  update();
  return { update: (topic) => topic === "shop" && update() };
}

function row(product) {
  const edit = (change) => save(() => api.editProduct(product.handle, change));
  return h(
    "tr",
    { data: { handle: product.handle } },
    h(
      "th",
      { scope: "row" },
      h("a", { href: `/shop/products/${product.handle}`, target: "_blank" }, product.title),
      h(
        "small",
        {},
        `MOQ ${product.moq}${product.list_price ? ` · list price ${product.list_price}` : ""}`,
      ),
    ),
    h(
      "td",
      {},
      h("label", { class: "price" }, h("span", {}, product.currency), priceInput(product, edit)),
    ),
    h(
      "td",
      { class: "tiers" },
      product.tiers.map((tier) => h("span", {}, `${tier.min_quantity}+ `, h("b", {}, tier.price))),
    ),
    h(
      "td",
      {},
      choice(AVAILABILITY, product.availability, `availability-${product.handle}`, (value) =>
        edit({ availability: value }),
      ),
    ),
    h(
      "td",
      {},
      choice(MODES, product.mode, `mode-${product.handle}`, (value) => edit({ mode: value })),
    ),
  );
}

function priceInput(product, edit) {
  const change = ({ target }) => edit({ price: target.value.trim() });
  return h("input", {
    type: "text",
    inputMode: "decimal",
    value: product.price,
    "aria-label": `Price of ${product.title}`,
    data: { testid: `price-${product.handle}` },
    on: { change },
  });
}

function choice(labels, value, testid, pick) {
  const options = Object.entries(labels).map(([name, label]) =>
    h("option", { value: name, selected: name === value }, label),
  );
  return h(
    "select",
    {
      class: value === "normal" || value === "in_stock" ? "" : "unusual",
      "aria-label": testid.replaceAll("-", " "),
      data: { testid },
      on: { change: (event) => pick(event.target.value) },
    },
    options,
  );
}

async function save(step) {
  const saved = await told(step);
  await told(loadShop);
  if (saved) notice("Saved.");
}
