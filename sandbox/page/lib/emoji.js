// The short names a shop's bot uses; an unknown name stays as it was written.

const GROUPS = `
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎
warning ⚠️ rotating_light 🚨 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 exclamation ❗ question ❓
bangbang ‼️ information_source ℹ️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 white_circle ⚪ black_circle ⚫
large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩
bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speech_balloon 💬 eyes 👀 eye 👁️ mag 🔍 bulb 💡 zzz 💤
sleeping 😴 hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ alarm_clock ⏰ clock9 🕘 clock3 🕒
calendar 📆 date 📅 spiral_calendar_pad 🗓️ package 📦 truck 🚚 articulated_lorry 🚛 ship 🚢 anchor ⚓
airplane ✈️ railway_car 🚃 factory 🏭 building_construction 🏗️ office 🏢 house 🏠 convenience_store 🏪
shopping_trolley 🛒 shopping_bags 🛍️ label 🏷️ moneybag 💰 money_with_wings 💸 dollar 💵 euro 💶 yen 💴
credit_card 💳 receipt 🧾 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊
clipboard 📋 memo 📝 pencil ✏️ pencil2 ✏️ page_facing_up 📄 paperclip 📎 link 🔗 inbox_tray 📥
outbox_tray 📤 email 📧 envelope ✉️ telephone_receiver 📞 iphone 📱 computer 💻 gear ⚙️ wrench 🔧
hammer_and_wrench 🛠️ key 🔑 lock 🔒 unlock 🔓 shield 🛡️ fire 🔥 zap ⚡ boom 💥 droplet 💧 snowflake ❄️
sunny ☀️ cloud ☁️ battery 🔋 electric_plug 🔌 tent ⛺ camping 🏕️ wind_blowing_face 🌬️ star ⭐ star2 🌟
sparkles ✨ trophy 🏆 medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉 dart 🎯
tada 🎉 rocket 🚀 checkered_flag 🏁 triangular_flag_on_post 🚩 pushpin 📌 round_pushpin 📍 gift 🎁
handshake 🤝 pray 🙏 clap 👏 muscle 💪 wave 👋 raised_hands 🙌 ok_hand 👌 thumbsup 👍 +1 👍
thumbsdown 👎 -1 👎 point_right 👉 point_left 👈 point_up 👆 point_down 👇 smile 😄 grinning 😀 joy 😂
slightly_smiling_face 🙂 wink 😉 heart_eyes 😍 thinking_face 🤔 neutral_face 😐 disappointed 😞
cry 😢 rage 😡 angry 😠 scream 😱 sweat_smile 😅 sunglasses 😎 heart ❤️ broken_heart 💔 green_heart 💚
arrow_up ⬆️ arrow_down ⬇️ arrow_right ➡️ arrow_left ⬅️ arrow_upper_right ↗️ arrow_lower_right ↘️
arrows_counterclockwise 🔄 repeat 🔁 fast_forward ⏩ heavy_plus_sign ➕ heavy_minus_sign ➖ new 🆕
recycle ♻️ robot_face 🤖 lighthouse 🗼 busts_in_silhouette 👥 bust_in_silhouette 👤 art 🎨 movie_camera 🎥
clapper 🎬 camera 📷 globe_with_meridians 🌐 earth_asia 🌏 earth_americas 🌎 earth_africa 🌍 seedling 🌱
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 100 💯
`;

const words = GROUPS.trim().split(/\s+/);
const SIGNS = new Map();
for (let at = 0; at < words.length; at += 2) SIGNS.set(words[at], words[at + 1]);

/** The sign of a short name ("tada", "flag-de"), or null. */
export function emoji(name) {
  const flag = /^flag-([a-z]{2})$/.exec(name);
  if (flag)
    return [...flag[1]]
      .map((letter) => String.fromCodePoint(letter.codePointAt(0) - 97 + 0x1f1e6))
      .join("");
  return SIGNS.get(name) ?? null;
}

/** Put signs for the short names in a plain text. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);
}
