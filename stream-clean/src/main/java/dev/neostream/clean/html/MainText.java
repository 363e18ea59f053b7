package dev.neostream.clean.html;

public final class MainText {

  static final int FEW = 300;

  private static final double ARTICLE_BODY = 2;

  private final JsonLd jsonLd = new JsonLd();
  private final HtmlParser parser = new HtmlParser();
  private final NodeTable nodes = new NodeTable();
  private final ContentScorer scorer = new ContentScorer();
  private final TextWriter writer = new TextWriter();

  public byte[] extract(byte[] utf8Html) {
    parser.parse(utf8Html, nodes);
    byte[] text = read(utf8Html, true);
    if (text.length < FEW) {
      byte[] unpruned = read(utf8Html, false);
      text = unpruned.length > text.length ? unpruned : text;
    }
    byte[] articleBody = jsonLd.articleBody(utf8Html, nodes);
    if (articleBody.length > ARTICLE_BODY * text.length) {
      parser.parse(articleBody, nodes);
      byte[] said = read(articleBody, false);
      text = said.length > ARTICLE_BODY * text.length ? said : text;
    }
    return text;
  }

  private byte[] read(byte[] html, boolean pruning) {
    int main = scorer.main(html, nodes, pruning);
    writer.clear();
    writer.write(html, nodes, scorer, main);
    return writer.toBytes();
  }
}
