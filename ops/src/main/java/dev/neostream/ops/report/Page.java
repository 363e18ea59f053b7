package dev.neostream.ops.report;

import dev.neostream.ops.Printable;
import java.util.List;
import java.util.stream.Collectors;

/** Blocks from top to bottom, in the two forms that a report has. */
record Page(List<Block> blocks) {

  /**
   * No script runs and nothing is fetched from elsewhere, whatever a stranger's text may hold; and
   * the page is dark where its reader's screen is.
   */
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; img-src *; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width">
      <meta name="color-scheme" content="light dark">
      <title>%s</title>
      <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 58rem; margin: 2rem auto; padding: 0 1rem }
      img { width: 100%% }
      table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0 }
      th, td { border: 1px solid #8884; padding: .25rem .6rem; text-align: left; overflow-wrap: anywhere }
      th { background: #8882 }
      .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
      pre { background: #8882; padding: .8rem; overflow-x: auto }
      </style>
      </head>
      <body>
      """;

  Page {
    blocks = List.copyOf(blocks);
  }

  String markdown() {
    return blocks.stream().map(Block::markdown).collect(Collectors.joining()).stripTrailing()
        + "\n";
  }

  /**
   * @param title what a window shows above the page
   */
  String html(String title) {
    return HEAD.formatted(Printable.html(title))
        + blocks.stream().map(Block::html).collect(Collectors.joining())
        + "</body>\n</html>\n";
  }
}
