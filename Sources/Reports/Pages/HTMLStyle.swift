/// How an HTML report looks: light and dark, on a phone and on a desk, and on paper.
enum HTMLStyle {
  static let text = """
    :root {
      color-scheme: light dark;
      --page: #f6f7f9; --card: #ffffff; --line: #d5dae1; --ink: #1b2330; --soft: #5a6675;
      --red: #b3202c; --red-soft: #fdeceb; --green: #18693a; --green-soft: #e4f6ea;
      --amber: #8a5a00; --amber-soft: #fff5d9; --blue: #0b5cad; --blue-soft: #e6f1fc; --grey-soft: #eef0f3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #11151b; --card: #1a2029; --line: #343d4a; --ink: #e7ebf1; --soft: #9fabba;
        --red: #ff8d87; --red-soft: #3a1c1e; --green: #6fd596; --green-soft: #14301f;
        --amber: #f0c060; --amber-soft: #35290f; --blue: #7fbcff; --blue-soft: #14293f; --grey-soft: #252c36;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; overflow-wrap: anywhere; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
    }
    main { max-width: 1040px; margin: 0 auto; padding: 20px 16px 40px; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
    h1::first-letter { text-transform: uppercase; }
    h2 { font-size: 1.15rem; margin: 1.8rem 0 .6rem; }
    h3 { font-size: 1rem; font-weight: 400; margin: 0; overflow-wrap: anywhere; }
    p { margin: .3rem 0; overflow-wrap: anywhere; }
    code, .address, .place, .rule, dl.fields dt {
      font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono", monospace; font-size: .88em;
    }
    code { background: var(--grey-soft); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
    header code { word-break: break-all; }
    header .kicker { margin: 0; color: var(--soft); font-weight: 600; letter-spacing: .02em; }
    h1.bad { color: var(--red); } h1.good { color: var(--green); }
    .quiet, .place, .rule, .why { color: var(--soft); }
    .place, .rule { overflow-wrap: anywhere; }
    .chip {
      display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 .55em;
      font-size: .78rem; font-weight: 600; color: var(--soft);
    }
    .chip.good { color: var(--green); } .chip.bad { color: var(--red); }
    .count {
      background: var(--grey-soft); color: var(--soft); border-radius: 999px; padding: .05em .6em;
      font-size: .85rem; font-weight: 600;
    }
    nav { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin-top: .8rem; } a { color: var(--blue); }
    dl { margin: 0; } dd { margin: 0; }
    dl.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .8rem 0; }
    dl.facts div { min-width: 0; } dl.facts dt { color: var(--soft); font-size: .82rem; }
    dl.facts dd { overflow-wrap: anywhere; }
    ul.tiles { display: flex; flex-wrap: wrap; gap: 8px; list-style: none; margin: .8rem 0 .4rem; padding: 0; }
    ul.tiles li {
      border: 1px solid var(--line); border-left: 5px solid var(--tone, var(--line)); border-radius: 8px;
      background: var(--card); padding: .4rem .8rem; min-width: 6.5rem; color: var(--soft); line-height: 1.25;
    }
    ul.tiles strong { display: block; font-size: 1.4rem; color: var(--tone, var(--ink)); }
    ul.tiles span[aria-hidden] { margin-right: .15em; }
    .action-delete, .action-forget { --tone: var(--red); --tint: var(--red-soft); }
    .action-create, .action-adopt { --tone: var(--green); --tint: var(--green-soft); }
    .action-update { --tone: var(--amber); --tint: var(--amber-soft); }
    .action-move, .action-release { --tone: var(--blue); --tint: var(--blue-soft); }
    .callout, .change, .finding, .map figure {
      background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: 0 0 10px;
    }
    .callout { padding: .2rem 1rem .8rem; border-left: 6px solid var(--amber); margin-top: 1.2rem; }
    .callout.bad { border-left-color: var(--red); background: var(--red-soft); }
    .callout h2 { margin: .7rem 0 .3rem; } .callout ul { margin: .3rem 0; padding-left: 1.2rem; }
    .change { border-left: 6px solid var(--tone); padding: .7rem 1rem; content-visibility: auto; contain-intrinsic-size: auto 9rem; }
    .change h3 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem .5rem; }
    .change .sign {
      flex: none; width: 1.5em; height: 1.5em; line-height: 1.45em; text-align: center; border-radius: 6px;
      background: var(--tint); color: var(--tone); font-weight: 700;
    }
    .change .verb { color: var(--tone); font-weight: 700; }
    .change .address { font-weight: 700; font-size: .95em; min-width: 0; }
    .change .name { color: var(--soft); min-width: 0; overflow-wrap: anywhere; }
    .change .origin, .change p.facts { font-size: .9rem; color: var(--soft); margin: .2rem 0 0; }
    ul.impact { margin: .4rem 0 .2rem; padding: .35rem .8rem .35rem 1.7rem; background: var(--grey-soft); border-radius: 6px; font-size: .92rem; overflow-wrap: anywhere; }
    .action-delete ul.impact { background: var(--red-soft); }
    dl.fields { margin-top: .4rem; }
    dl.fields div {
      display: grid; grid-template-columns: 9.5rem minmax(0, 1fr) 15rem 15rem; gap: 0 1rem; padding: .3rem 0;
      border-top: 1px solid var(--line); align-items: baseline;
    }
    dl.fields dt { font-weight: 600; overflow-wrap: anywhere; }
    dl.fields dd { min-width: 0; overflow-wrap: anywhere; }
    dl.fields .why, dl.fields .place { font-size: .84rem; }
    del { text-decoration: line-through; text-decoration-thickness: 1px; color: var(--soft); }
    ins { text-decoration: none; font-weight: 600; } .arrow { color: var(--soft); }
    details summary { cursor: pointer; color: var(--soft); padding: .3rem 0; }
    .finding { border-left: 6px solid var(--amber); padding: .6rem 1rem; content-visibility: auto; contain-intrinsic-size: auto 7rem; }
    .finding.error { border-left-color: var(--red); } .finding.info { border-left-color: var(--blue); }
    .finding .message b { text-transform: capitalize; }
    .finding.error .message b { color: var(--red); } .finding.warning .message b { color: var(--amber); }
    .finding.info .message b { color: var(--blue); }
    .sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 10px; }
    .map figure { padding: .5rem .7rem .7rem; margin: 0; max-width: 32rem; }
    .map figcaption { color: var(--soft); font-weight: 600; margin-bottom: .4rem; }
    svg { display: block; width: 100%; height: auto; overflow: visible; font-family: inherit; }
    svg rect, svg .box { fill: var(--card); stroke: var(--soft); stroke-width: 1; }
    svg .target path:not(.box) { stroke: var(--soft); }
    svg .target rect, svg .target .box { fill: var(--grey-soft); }
    svg text { fill: var(--ink); font-size: 10.5px; } svg .key { font-weight: 600; font-size: 12px; }
    svg .note { fill: var(--soft); } svg .sign { font-size: 16px; font-weight: 700; text-anchor: middle; fill: var(--tone); }
    svg .created { --tone: var(--green); --tint: var(--green-soft); } svg .deleted { --tone: var(--red); --tint: var(--red-soft); }
    svg .rerouted { --tone: var(--blue); --tint: var(--blue-soft); } svg .changed { --tone: var(--amber); --tint: var(--amber-soft); }
    svg .forgotten { --tone: var(--soft); --tint: var(--grey-soft); }
    svg .channel:not(.unchanged) rect { stroke: var(--tone); stroke-width: 1.6; fill: var(--tint); }
    svg .channel.created rect, svg .channel.rerouted rect { stroke-width: 2.4; }
    svg .channel.deleted rect, svg .channel.forgotten rect { stroke-dasharray: 5 3; }
    svg .channel.deleted .key { text-decoration: line-through; }
    svg .ghost { opacity: .7; } svg .channel.ghost rect { fill: none; stroke-dasharray: 2 4; stroke-width: 1.2; }
    svg .edge path { fill: none; stroke: var(--tone, var(--soft)); stroke-width: 1.3; }
    svg .edge:not(.unchanged):not(.changed) path:not(.tip) { stroke-width: 2.4; }
    svg .edge.changed { --tone: var(--soft); }
    svg .edge.deleted path, svg .edge.forgotten path { stroke-dasharray: 6 4; }
    svg .edge path.tip { fill: var(--tone, var(--soft)); stroke: none; }
    footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .8rem; overflow-wrap: anywhere; }
    @media (max-width: 640px) {
      main { padding: 14px 12px 32px; } h1 { font-size: 1.35rem; }
      ul.tiles li { flex: 1 1 40%; min-width: 0; }
      .change, .finding { padding: .6rem .75rem; }
      dl.fields div { display: block; padding: .4rem 0; }
      dl.fields .why, dl.fields .place { display: inline; margin-right: .6rem; }
    }
    @media print {
      body { background: none; } .change, .finding, figure { break-inside: avoid; content-visibility: visible; }
    }

    """
}
