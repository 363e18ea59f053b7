package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ops.report.SourceAccount.Row;
import dev.neostream.ops.report.SourceAccount.Totals;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceAccountTest {

  private final SourceAccount account = new SourceAccount();

  private void read(String source, String url, int bytes, long crawledAt, String licence) {
    account.read(
        new RawDocument(
            RawKind.DOCUMENT,
            0L,
            "id",
            source,
            url,
            "file",
            0L,
            "text/html",
            null,
            null,
            crawledAt,
            licence.isEmpty() ? Map.of() : Map.of("license", "\"" + licence + "\""),
            ByteBuffer.allocate(bytes)));
  }

  private void reject(String source, String url, String stage) {
    account.rejected(
        new RejectedDocument(
            "id", -1L, source, url, "file", 0L, stage, "a.rule", "1", "2", "", "", ""));
  }

  private void duplicate(String source, String url) {
    account.duplicate(
        new DuplicateMark("id", 1L, source, url, "other", "exact", 1.0, true, false, false));
  }

  @Test
  void shouldTellWhatCameOfEachOrigin() {
    read("crawl", "https://a.example.org/1", 10, 2_000, "CC-BY-4.0");
    read("crawl", "https://b.example.org/2", 20, 1_000, "");
    read("crawl", "http://other.co.uk/3", 100, 0, "");
    read("books", "chapter/1.txt", 5, 0, "CC-BY-4.0");
    reject("crawl", "https://a.example.org/4", "ingest");
    reject("crawl", "https://a.example.org/1", "clean");
    duplicate("crawl", "http://other.co.uk/3");

    Totals crawl = new Totals(1, 3, 130, 1, 1);
    assertEquals(
        List.of(new Row("books", new Totals(0, 1, 5, 0, 0)), new Row("crawl", crawl)),
        account.sources());
    assertEquals(1, crawl.kept());
    assertEquals(
        List.of(
            new Row("other.co.uk", new Totals(0, 1, 100, 0, 1)),
            new Row("example.org", new Totals(1, 2, 30, 1, 0))),
        account.webDomains());
    assertEquals(
        List.of(
            new Row("CC-BY-4.0", new Totals(0, 2, 15, 0, 0)),
            new Row("not stated", new Totals(0, 2, 120, 0, 0))),
        account.licences());
    assertEquals(List.of(new Row("text/html", new Totals(0, 4, 135, 0, 0))), account.mediaTypes());
    assertEquals(new Totals(1, 4, 135, 1, 1), account.all());
    assertEquals(1_000, account.firstCrawledAt());
    assertEquals(2_000, account.lastCrawledAt());
  }

  @ParameterizedTest
  @CsvSource({
    "https://www.example.org:8080/a?b#c, example.org",
    "http://user:word@shop.example.com.br, example.com.br",
    "https://somebody.github.io/page, somebody.github.io",
    "https://192.168.0.1/, 192.168.0.1",
    "https://localhost/, localhost",
    "https:///nothing, ''",
    "https://a b/, ''",
    "ftp://example.org/, ''",
    "org/example/Type.html, ''",
  })
  void shouldFindWhatWasRegistered(String url, String domain) {
    assertEquals(domain, SourceAccount.webDomain(url));
  }

  @Test
  void shouldTellNothingOfNothing() {
    assertEquals(List.of(), account.webDomains());
    assertEquals(new Totals(0, 0, 0, 0, 0), account.all());
    assertEquals(0, account.lastCrawledAt());
  }
}
