//! `index.html`: all photos on one page, searched by name and class, from any disc on any computer, without network.

use std::fmt::Write;

use super::{About, DeliverableOrder, bag};

/// Everything in one file. The policy in the head lets it load pictures and nothing else.
const HEAD: &str = r#"<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>
body { margin: 0; font: 15px/1.5 "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; color: #1c2733; background: #f4f6f8 }
header { position: sticky; top: 0; padding: 16px 24px; background: #fff; border-bottom: 1px solid #d9e0e6 }
h1 { margin: 0 0 2px; font-size: 20px } header p { margin: 0 0 10px; color: #5b6b7a }
input { box-sizing: border-box; width: min(420px, 100%); padding: 8px 12px; font: inherit; border: 1px solid #b8c4ce; border-radius: 6px }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px; padding: 20px 24px }
figure { margin: 0; padding: 10px; background: #fff; border: 1px solid #d9e0e6; border-radius: 8px; break-inside: avoid }
figure[hidden] { display: none }
img { display: block; width: 100%; height: auto; aspect-ratio: 3 / 4; object-fit: cover; background: #e8edf1; border-radius: 4px }
figcaption { margin-top: 8px; overflow-wrap: anywhere } b { display: block; font-size: 16px } small { color: #5b6b7a }
@media print { header { position: static } input { display: none } main { grid-template-columns: repeat(6, 1fr) } }
</style>
"#;

const SCRIPT: &str = r#"<script>
const box = document.getElementById("find"), shown = document.getElementById("shown");
const figures = [...document.querySelectorAll("figure")];
const texts = figures.map(f => f.innerText.toLowerCase());
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  figures.forEach((f, i) => { f.hidden = !words.every(w => texts[i].includes(w)); if (!f.hidden) count++; });
  shown.textContent = count;
});
</script>
"#;

/// `files` are the photos' paths from the delivery's folder, one for each order.
pub(super) fn html(
    about: &About,
    orders: &[&DeliverableOrder],
    files: &[String],
    missing: Option<usize>,
) -> String {
    let mut page = String::from(HEAD);
    let (title, stamp, photos) = (escape(&about.title), bag::minute(about), orders.len());
    let missing = missing.map_or_else(String::new, |count| {
        format!(" · 名册中未交付 <b style=\"display:inline\">{count}</b> 人")
    });
    let _ = write!(
        page,
        "<title>{title}</title>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p>{stamp} · 照片 {photos} 张{missing} · 显示 <span id=\"shown\">{photos}</span> 张</p>\n\
         <input id=\"find\" type=\"search\" placeholder=\"姓名、学号、班级\" autofocus>\n</header>\n<main>\n"
    );
    for (order, file) in orders.iter().zip(files) {
        figure(&mut page, order, file);
    }
    page.push_str("</main>\n");
    page.push_str(SCRIPT);
    page.push_str("</body>\n</html>\n");
    page
}

/// The ID number is masked here: the page is opened where others look on.
fn figure(page: &mut String, order: &DeliverableOrder, file: &str) {
    let text = |value: &Option<String>| escape(value.as_deref().unwrap_or(""));
    let place = [&order.college, &order.class].into_iter().flatten().map(|v| escape(v));
    let tail: String = {
        let characters: Vec<char> = order.id_number.chars().collect();
        characters[characters.len().saturating_sub(4)..].iter().collect()
    };
    let _ = writeln!(
        page,
        "<figure><img src=\"{}\" alt=\"\" loading=\"lazy\" width=\"480\" height=\"640\"><figcaption><b>{}</b>{}<br>{}\
         <br><small>证件尾号 {} · {}</small></figcaption></figure>",
        address(file),
        text(&order.name),
        text(&order.student_number),
        place.collect::<Vec<_>>().join(" "),
        escape(&tail),
        escape(&order.number),
    );
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// A relative address: everything but RFC 3986's unreserved characters and `/` in percent form.
fn address(path: &str) -> String {
    let mut address = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_paths_stay_paths() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&quot;&#39;&gt;&amp;");
        assert_eq!(address("data/甲 #1?.jpg"), "data/%E7%94%B2%20%231%3F.jpg");
    }
}
