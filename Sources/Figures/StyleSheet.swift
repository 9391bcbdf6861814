// SPDX-License-Identifier: Apache-2.0

/// The style sheet of a page and of the drawings in it: system fonts, light and dark, phone, desk and paper.
enum StyleSheet {
  static let css = variables + page + parts + drawings + narrow + print

  /// For a drawing in a file of its own.
  static let drawing = ":root{\(Theme.light.declarations)}\n" + drawings

  private static let variables = """
    :root{color-scheme:light dark;\(Theme.light.declarations)}
    @media (prefers-color-scheme:dark){:root{\(Theme.dark.declarations)}}

    """

  private static let page = """
    *{box-sizing:border-box}
    html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
    "Noto Sans","Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
    .page{max-width:1200px;margin:0 auto;padding:0 28px 48px;display:grid;
    grid-template-columns:172px minmax(0,1fr);column-gap:44px}
    header{grid-column:1/-1;padding:34px 0 22px;border-bottom:1px solid var(--line);margin-bottom:26px}
    header .kind{color:var(--accent);font-size:13px;font-weight:650;letter-spacing:.06em;text-transform:uppercase}
    h1{font-size:31px;line-height:1.18;letter-spacing:-.015em;font-weight:680;margin:4px 0 6px;text-wrap:balance}
    header p{margin:0;color:var(--muted);font-size:17px}
    .facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin:12px 0 0;padding:0;list-style:none;font-size:14px;
    color:var(--muted)}
    .facts b{color:var(--ink);font-weight:600}
    nav ul{position:sticky;top:22px;margin:0;padding:0;list-style:none;font-size:14px;line-height:1.35}
    nav a{display:block;padding:5px 0 5px 12px;border-left:2px solid var(--line);color:var(--muted);
    text-decoration:none}
    nav a:hover,nav a:focus-visible{color:var(--accent);border-color:var(--accent)}
    main{min-width:0}
    section{padding-top:14px;margin-bottom:30px}
    h2{font-size:22px;line-height:1.25;letter-spacing:-.01em;font-weight:660;margin:0 0 8px}
    h3{font-size:16px;font-weight:640;margin:22px 0 6px}
    p{margin:0 0 12px;max-width:72ch}
    a{color:var(--accent)}
    :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .skip{position:absolute;left:-9999px}
    .skip:focus{left:12px;top:12px;background:var(--paper);padding:6px 10px;z-index:2}
    footer{grid-column:1/-1;border-top:1px solid var(--line);padding-top:14px;color:var(--muted);font-size:14px}

    """

  private static let parts = """
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(164px,1fr));gap:12px;margin:0 0 22px}
    .cards div{background:var(--card);border-radius:10px;padding:13px 16px 12px}
    .cards dt{font-size:13.5px;color:var(--muted);line-height:1.3}
    .cards dd{margin:0}
    .cards .value{font-size:27px;line-height:1.25;font-weight:640;letter-spacing:-.015em;white-space:nowrap}
    .cards .value small{font-size:15px;font-weight:500;letter-spacing:0;color:var(--muted)}
    .cards .remark{font-size:13.5px;color:var(--muted);line-height:1.35}
    .callout{border-left:4px solid var(--tone);background:var(--card);border-radius:0 8px 8px 0;padding:11px 16px;
    margin:0 0 14px}
    .callout b{color:var(--tone)}
    .callout p{margin:0}
    .callout ul{margin:4px 0 0;padding-left:20px}
    .callout.good{--tone:var(--good)}.callout.note{--tone:var(--note)}
    .callout.warning{--tone:var(--warning)}.callout.poor{--tone:var(--poor)}
    .row{display:grid;gap:24px 28px;margin:16px 0 20px;align-items:start}
    .two{grid-template-columns:repeat(2,minmax(0,1fr))}
    .three{grid-template-columns:repeat(3,minmax(0,1fr))}
    .lead{grid-template-columns:minmax(0,2fr) minmax(0,1fr)}
    .row>div.beside{display:grid;gap:22px}
    .row.one>figure{max-width:680px}
    figure{margin:0;min-width:0}
    figure h3{margin:0 0 6px;font-size:15px;line-height:1.3}
    figcaption{font-size:13.5px;line-height:1.45;color:var(--muted);margin-top:6px}
    details{border-bottom:1px solid var(--line);padding:7px 0}
    details .row{margin:10px 0 8px}
    summary{cursor:pointer;font-size:14.5px;font-weight:560}
    p.remark{font-size:14px;line-height:1.5;color:var(--muted)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:14.5px;line-height:1.4;margin:8px 0 16px}
    caption{text-align:left;font-weight:640;font-size:15px;padding:6px 0}
    th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid var(--line)}
    thead th{font-size:13px;font-weight:600;color:var(--muted);border-bottom-color:var(--muted)}
    tbody th{font-weight:500}
    td.n,th.n{text-align:right;white-space:nowrap}
    td.help{color:var(--muted)}
    td.set{font-weight:660}
    @media print,(min-width:761px){.names th:first-child{width:24%}.names td:nth-child(2){width:20%}}
    code{font:13.5px/1.4 ui-monospace,"Cascadia Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}

    """

  private static let drawings = """
    svg.figure{display:block;width:100%;height:auto;overflow:visible;font-variant-numeric:tabular-nums}
    svg.store{position:absolute;width:0;height:0}
    .figure text{font-size:12px;fill:var(--ink);font-family:inherit}
    .figure .number{fill:var(--muted);font-size:11.5px}
    .figure .strong{font-weight:620}
    .figure .ground{fill:var(--ground)}
    .figure .frame{fill:none;stroke:var(--muted);stroke-width:1}
    .figure .frame-filled{stroke:var(--muted);stroke-width:.8}
    .figure .tick{stroke:var(--muted);stroke-width:1}
    .figure .grid{stroke:var(--line);stroke-width:1}
    .figure .grid-ring{stroke:var(--line);stroke-width:1;fill:none}
    .figure .base{stroke:var(--muted);stroke-width:1}
    .figure .bar-ground{fill:#808080}
    .figure .plate{fill:#fff;fill-opacity:.86}
    .figure text.plate-ink{fill:#16202a}
    .figure text.small{font-size:10px;font-weight:650}
    .figure .plate-line{fill:none;stroke:#16202a;stroke-width:1.6}
    .figure .plate-fill{fill:#16202a}
    .figure .plate-edge{fill:#fff;stroke:#16202a;stroke-width:.9}
    .figure .arrow{fill:none;stroke:#101820;stroke-width:1.25;stroke-linecap:round;stroke-linejoin:round}
    .figure .arrow-halo{fill:none;stroke:#fff;stroke-opacity:.8;stroke-width:3.2;stroke-linecap:round;
    stroke-linejoin:round}
    .figure .mark{fill:var(--accent)}
    .figure .mark-edge{stroke:var(--muted);stroke-width:.7}
    .figure .guide{stroke:var(--ink);stroke-width:1.1;stroke-dasharray:4 3}
    .figure .curve{fill:none;stroke:var(--accent);stroke-width:2;stroke-linejoin:round}
    .figure .curve-dot{fill:var(--accent);stroke:var(--paper);stroke-width:1.5}
    .figure .band{fill:var(--band)}
    .figure .pointer{fill:var(--poor)}
    .figure .contour{fill:none;stroke:var(--ink);stroke-width:1.3}
    .figure .shore{fill:none;stroke:#16202a;stroke-width:1.1;vector-effect:non-scaling-stroke}
    .figure .whisker-before{stroke:var(--muted);stroke-width:1.2;stroke-dasharray:2.5 1.5}
    .figure .whisker-after{stroke:var(--accent);stroke-width:1.6}
    .figure .dot-before{fill:var(--paper);stroke:var(--muted);stroke-width:1.1}.figure .dot-after{fill:var(--accent)}
    .figure .cross{stroke:var(--poor);stroke-width:2.2;fill:none}
    .figure .cross-halo{stroke:var(--paper);stroke-width:4.6;fill:none}
    .figure .dots{stroke:var(--muted);stroke-width:2.4;stroke-linecap:round;fill:none}
    .figure .part-0,.figure .part-1,.figure .part-2,.figure .part-3{fill:none;stroke-width:1.2}
    .figure .part-0{stroke:var(--accent)}
    .figure .part-1{stroke:var(--warning);stroke-dasharray:6 2}
    .figure .part-2{stroke:var(--good);stroke-dasharray:2 2}
    .figure .part-3{stroke:var(--poor);stroke-dasharray:7 2 1.5 2}
    .figure .part-dot-0{fill:var(--accent)}.figure .part-dot-1{fill:var(--warning)}
    .figure .part-dot-2{fill:var(--good)}.figure .part-dot-3{fill:var(--poor)}
    .figure .series-0{stroke:var(--accent)}.figure .series-1{stroke:var(--warning)}
    .figure .series-2{stroke:var(--good)}.figure .series-3{stroke:var(--poor)}
    .figure .whisker{stroke-width:1.1;fill:none}
    .figure .tinted{fill:none;stroke-width:1.8;stroke-linejoin:round}.figure .tinted.thin{stroke-width:1}
    .figure .series-band-0{fill:var(--accent)}.figure .series-band-1{fill:var(--warning)}
    .figure .series-band-2{fill:var(--good)}.figure .series-band-3{fill:var(--poor)}
    .figure .veil{fill-opacity:.17;stroke:none}
    .figure .mark-veil{fill:var(--ink);fill-opacity:.08}
    .figure .part-out{fill:var(--paper);stroke:var(--muted);stroke-width:1.2}

    """

  private static let narrow = """
    @media screen and (max-width:980px){.page{grid-template-columns:minmax(0,1fr);padding:0 20px 40px}
    nav{margin-bottom:20px}nav ul{position:static;display:flex;flex-wrap:wrap;gap:6px}
    nav a{border:1px solid var(--line);border-radius:14px;padding:3px 11px}}
    @media screen and (max-width:760px){.two,.three,.lead{grid-template-columns:minmax(0,1fr)}
    .page{padding:0 14px 32px}header{padding:20px 0 16px;margin-bottom:18px}h1{font-size:25px}
    .cards{grid-template-columns:repeat(2,minmax(0,1fr));gap:9px}.cards div{padding:10px 12px}
    .cards .value{font-size:22px}
    .figure.half text{font-size:13.5px}.figure.half text.number{font-size:13px}
    .figure.half text.small{font-size:10px}th,td{padding-right:9px}table{font-size:14px}
    .figure.wide text{font-size:16px}.figure.wide text.number{font-size:15px}
    .figure.wide text.plate-ink{font-size:14px}.figure.wide text.small{font-size:11px}
    table.stack thead{display:none}
    table.stack tr{display:block;padding:7px 0;border-bottom:1px solid var(--line)}
    table.stack th,table.stack td{display:block;border:0;padding:0;text-align:left}}

    """

  private static let print = """
    @media print{:root{color-scheme:light;\(Theme.light.declarations)}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    @page{margin:14mm}body{font-size:10.5pt}nav,.skip{display:none}
    .page{display:block;max-width:none;padding:0}header{padding-top:0}
    .two{grid-template-columns:repeat(2,minmax(0,1fr))}.three{grid-template-columns:repeat(3,minmax(0,1fr))}
    .lead{grid-template-columns:minmax(0,1.4fr) minmax(0,1fr)}
    .cards{grid-template-columns:repeat(4,minmax(0,1fr))}.cards .value{font-size:20px}
    section{margin-bottom:14px}.row{margin:8px 0 12px;gap:14px 20px}h2+p{break-after:avoid}
    table{font-size:9.5pt}caption,thead{break-after:avoid}.scroll{overflow:visible}figure,.callout,.cards div,tr{break-inside:avoid}h2,h3{break-after:avoid}}

    """
}
