"""The return of the demo: November, counted, kept, signed, written."""

from __future__ import annotations

from centerdesk.features.returns import api
from centerdesk.kernel.clock import Month
from centerdesk.kernel.demo import DemoStation


def build(demo: DemoStation) -> None:
    """Build the month before the demo's day and write its papers into `out`."""
    actor = demo.actors[demo.secretary]
    month = Month.of(demo.day).previous
    with demo.read() as session:
        built = api.build_figures(session, actor, demo.clock, month, demo.results["indicators"])
    edition_id = demo.run(api.KeepEdition(str(month), built.as_of, built.figures))
    with demo.read() as session:
        edition, _ = api.get_edition(session, actor, edition_id)
    demo.run(api.SignReturn(edition_id, edition.version))
    with demo.read() as session:
        edition, _ = api.get_edition(session, actor, edition_id)
        how = api.printing(session, actor, demo.clock, demo.bus.site.station, edition)
    papers = api.write_papers(demo.out, built.figures, how, demo.clock)
    for paper, sha256 in papers.sha256.items():
        demo.run(api.RecordExport(edition_id, paper, sha256))
    demo.results["papers"] = papers
    demo.tell(f"编好 {month.year} 年 {month.month} 月月报：{len(built.figures)} 个数，校验 {edition.code}。")
    for path in papers.files:
        demo.tell(f"  写好 {path}")
    for sentence in papers.sentences:
        demo.tell(f"  {sentence}")
