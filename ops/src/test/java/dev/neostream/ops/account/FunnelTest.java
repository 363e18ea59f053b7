package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FunnelTest {

  private final Funnel funnel = new Funnel();

  @Test
  void shouldCountByLanguageDomainAndRule() {
    funnel.keep("en", "en.web");
    funnel.keep("en", "en.web");
    funnel.keep("zh", "zh.web");
    funnel.reject(Stage.CLEAN, "gopher.word_count", "en", "en.web");
    funnel.reject(Stage.INGEST, "jsonl.syntax", "", "");

    assertEquals(
        List.of(new Funnel.Kept("en", "en.web", 2), new Funnel.Kept("zh", "zh.web", 1)),
        funnel.kept());
    assertEquals(
        List.of(
            new Funnel.Rejects(Stage.INGEST, "jsonl.syntax", "", "", 1),
            new Funnel.Rejects(Stage.CLEAN, "gopher.word_count", "en", "en.web", 1)),
        funnel.rejected());
  }

  @Test
  void shouldOrderRulesOfAGroupByTheNamesOfTheirStages() {
    funnel.reject(Stage.TOKENIZE, "tokenize.domain", "en", "en.web");
    funnel.reject(Stage.INGEST, "jsonl.syntax", "en", "en.web");
    funnel.reject(Stage.CLEAN, "gopher.word_count", "en", "en.web");
    funnel.reject(Stage.CLEAN, "c4.javascript", "en", "en.web");

    assertEquals(
        List.of("c4.javascript", "gopher.word_count", "jsonl.syntax", "tokenize.domain"),
        funnel.rejected().stream().map(Funnel.Rejects::reason).toList());
  }

  @Test
  void shouldTakeKeptDocumentsFromTheLedger() {
    funnel.reject(Stage.CLEAN, "gopher.word_count", "en", "en.web");

    Funnel.Tables tables = funnel.tables(Map.of("en en.web", 5L, "zh zh.web", 7L));

    assertEquals(
        List.of(new Funnel.Kept("en", "en.web", 5), new Funnel.Kept("zh", "zh.web", 7)),
        tables.kept());
    assertEquals(1, tables.rejected().size());
    assertTrue(funnel.kept().isEmpty(), "the tables are another's");
  }

  @Test
  void shouldBoundTheDomainsThatInputsName() {
    for (int i = 0; i < 1_000; i++) {
      funnel.keep("en", "domain-" + i);
    }

    assertEquals(101, funnel.kept().size());
    assertEquals(1_000, funnel.kept().stream().mapToLong(Funnel.Kept::documents).sum());
    assertTrue(funnel.kept().contains(new Funnel.Kept("en", "other", 900)));
  }
}
