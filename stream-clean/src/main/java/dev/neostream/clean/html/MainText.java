package dev.neostream.clean.html;

public final class MainText {

  static final int FEW = 300;

  private final HtmlParser parser = new HtmlParser();
  private final NodeTable nodes = new NodeTable();
  private final ContentScorer scorer = new ContentScorer();
  private final TextWriter writer = new TextWriter();

  public byte[] extract(byte[] utf8Html) {
    parser.parse(utf8Html, nodes);
    byte[] text = read(utf8Html, true);
    if (text.length >= FEW) {
      return text;
    }
    byte[] unpruned = read(utf8Html, false);
    return unpruned.length > text.length ? unpruned : text;
  }

  private byte[] read(byte[] html, boolean pruning) {
    int main = scorer.main(html, nodes, pruning);
    writer.clear();
    writer.write(html, nodes, scorer, main);
    return writer.toBytes();
  }
}
