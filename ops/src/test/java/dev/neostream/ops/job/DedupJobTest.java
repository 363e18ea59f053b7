package dev.neostream.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.ops.job.DedupRun.Outcome;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.DuplicateMark;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DedupJobTest {

  private static final int WORDS = 200;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static String text(Random random) {
    var words = new ArrayList<String>();
    for (int i = 0; i < WORDS; i++) {
      words.add("w" + Integer.toString(random.nextInt(1 << 20), 36));
    }
    return String.join(" ", words);
  }

  /** Changes words here and there: five shingles go with each. */
  private static String edited(String text, int words, Random random) {
    String[] all = text.split(" ");
    for (int i = 0; i < words; i++) {
      all[random.nextInt(all.length)] = "e" + random.nextInt(1 << 20);
    }
    return String.join(" ", all);
  }

  private static Document document(int number, long crawledAt, String text) {
    return new Document(DocumentId.of("test", "document", number), crawledAt, text);
  }

  /** Unique texts, exact copies, near copies of one to eight words and copies of copies. */
  private static List<Document> corpus(int size, Random random) {
    var documents = new ArrayList<Document>();
    var texts = new ArrayList<String>();
    for (int i = 0; i < size; i++) {
      String text =
          switch (i < 10 ? 0 : random.nextInt(4)) {
            case 0 -> text(random);
            case 1 -> texts.get(random.nextInt(texts.size()));
            case 2 -> edited(texts.get(random.nextInt(texts.size())), 1, random);
            default ->
                edited(texts.get(random.nextInt(texts.size())), 1 + random.nextInt(8), random);
          };
      texts.add(text);
      documents.add(document(i, 1_000 + random.nextInt(1_000), text));
    }
    documents.add(document(size, 0, "too short for shingles"));
    documents.add(document(size + 1, 0, "Too  short for shingles"));
    return documents;
  }

  private static DedupScope within(int documents) {
    int windows = documents / EventTime.WINDOW + 1;
    return new DedupScope(windows * EventTime.WINDOW, 0, 0, 1_000);
  }

  private static Set<String> ids(List<Document> documents) {
    Set<String> ids = new TreeSet<>();
    documents.forEach(document -> ids.add(document.id()));
    return ids;
  }

  /** Asserts that every document came out once, and that marks lead to survivors. */
  private static void assertComplete(List<Document> documents, Outcome outcome) {
    var all = new ArrayList<>(outcome.unique());
    outcome.marks().forEach(mark -> all.add(mark.getId()));
    assertEquals(documents.size(), all.size());
    assertEquals(ids(documents), new TreeSet<>(all));
    Set<String> unique = new TreeSet<>(outcome.unique());
    for (DuplicateMark mark : outcome.marks()) {
      String canonical = mark.getCanonical();
      for (int replaced = 0; outcome.canonicals().containsKey(canonical); replaced++) {
        assertTrue(replaced < documents.size(), mark.toString());
        canonical = outcome.canonicals().get(canonical);
      }
      assertTrue(unique.contains(canonical), mark.toString());
    }
    assertEquals(outcome.marks().size(), outcome.copies().values().stream().mapToInt(n -> n).sum());
  }

  /** What differs is told by some of it. */
  private static Map<String, String> few(TreeMap<String, String> marks) {
    return marks.size() < 5 ? marks : marks.headMap(List.copyOf(marks.keySet()).get(4));
  }

  private static void assertSame(Outcome expected, Outcome actual) {
    var missing = new TreeMap<>(expected.canonicals());
    missing.entrySet().removeAll(actual.canonicals().entrySet());
    var surplus = new TreeMap<>(actual.canonicals());
    surplus.entrySet().removeAll(expected.canonicals().entrySet());
    assertEquals(few(missing), few(surplus), "marks that differ");
    assertEquals(expected.unique(), actual.unique());
    assertEquals(expected.copies(), actual.copies());
  }

  private Outcome run(String name, List<Document> documents, int parallelism) throws Exception {
    var run =
        new DedupRun(broker, name, DedupConfig.recommended(), within(documents.size()), folder);
    run.send(documents, 0);
    run.end(0);
    return run.runToEnd(parallelism, documents.size());
  }

  @Test
  void shouldDecideAlikeInAnyOrderAtAnyParallelism() throws Exception {
    decideInOrders(2);
  }

  @Test
  @Tag("nightly")
  void shouldDecideAlikeInTwentyOrders() throws Exception {
    decideInOrders(20);
  }

  private void decideInOrders(int orders) throws Exception {
    List<Document> documents = corpus(400, new Random(1));
    Outcome first = run("of-" + orders + "-order-0", documents, 1);

    assertComplete(documents, first);
    assertTrue(first.unique().size() > 50, "survivors=" + first.unique().size());
    assertTrue(first.marks().stream().anyMatch(mark -> mark.getRule().equals("minhash")));
    for (int order = 1; order <= orders; order++) {
      Collections.shuffle(documents, new Random(order));
      Outcome other =
          run("of-" + orders + "-order-" + order, documents, List.of(1, 2, 4).get(order % 3));
      assertSame(first, other);
    }
  }

  @Test
  void shouldGoOnAtAnotherParallelism() throws Exception {
    List<Document> documents = corpus(1_500, new Random(2));
    // Small generations, so that sealed filters are restored too.
    var scope = new DedupScope(EventTime.WINDOW, 1, 0, 100);
    var config = DedupConfig.recommended();
    var whole = new DedupRun(broker, "whole", config, scope, folder);
    whole.send(documents, 0);
    whole.end(0);
    Outcome expected = whole.runToEnd(2, documents.size());
    assertComplete(documents, expected);

    var rescaled = new DedupRun(broker, "rescaled", config, scope, folder);
    int half = 800;
    rescaled.send(documents.subList(0, half), 0);
    rescaled.reach(half - 1);
    EmbeddedFlink one = rescaled.start(1);
    rescaled.await(one, half, false);
    rescaled.stop(one);
    rescaled.send(documents.subList(half, documents.size()), half);
    rescaled.end(0);
    Outcome outcome = rescaled.runToEnd(4, documents.size());

    assertSame(expected, outcome);
    assertTrue(outcome.marks().stream().anyMatch(DuplicateMark::getLate));
  }

  @Test
  void shouldDropTheSameOfTenDailyPiecesAsOfAllAtOnce() throws Exception {
    var random = new Random(5);
    List<Document> drawn = corpus(498, random);
    var documents = new ArrayList<Document>();
    for (int i = 0; i < drawn.size(); i++) {
      documents.add(new Document(drawn.get(i).id(), (1 + i / 50) * 86_400L, drawn.get(i).text()));
    }
    var config = DedupConfig.recommended();
    var daily = new DedupRun(broker, "daily", config, DedupScope.global(), folder);
    for (int day = 0; day < 10; day++) {
      daily.send(documents.subList(day * 50, (day + 1) * 50), EventTime.eraStart(day));
      daily.end(day);
    }
    Outcome pieces = daily.runToEnd(2, documents.size());
    assertComplete(documents, pieces);

    Collections.shuffle(documents, random);
    assertSame(run("at-once", documents, 2), pieces);
    assertTrue(pieces.marks().stream().anyMatch(DuplicateMark::getLate));
  }

  @Test
  void shouldGiveWayToABetterCopyThatComesBeforeItIsHandedOn() throws Exception {
    var random = new Random(3);
    String page = text(random);
    String short1 = "a b c";
    List<Document> first =
        List.of(
            document(0, 2_000, page),
            document(1, 3_000, edited(page, 1, random)),
            document(2, 2_000, short1),
            document(3, 3_000, short1),
            document(4, 2_000, text(random)));
    List<Document> second =
        List.of(document(5, 1_000, edited(page, 1, random)), document(6, 1_000, short1));
    var scope = new DedupScope(EventTime.WINDOW, 1, 0, 1_000);
    var run = new DedupRun(broker, "better", DedupConfig.recommended(), scope, folder);
    run.send(first, 0);
    run.send(second, EventTime.WINDOW);
    run.end(0);
    Outcome outcome = run.runToEnd(2, first.size() + second.size());

    var unique = List.of(second.get(0).id(), second.get(1).id(), first.get(4).id());
    assertEquals(new TreeSet<>(unique), new TreeSet<>(outcome.unique()));
    Set<String> retracted = new TreeSet<>();
    outcome.marks().stream()
        .filter(DuplicateMark::getRetracted)
        .forEach(mark -> retracted.add(mark.getId()));
    assertEquals(new TreeSet<>(List.of(first.get(0).id(), first.get(2).id())), retracted);
    assertEquals(second.get(0).id(), outcome.canonicals().get(first.get(0).id()));
    assertEquals(
        Map.of(second.get(0).id(), 2, second.get(1).id(), 2), Map.copyOf(outcome.copies()));
  }

  @Test
  void shouldForgetWhatIsOutOfScope() throws Exception {
    var random = new Random(4);
    String page = text(random);
    String other = text(random);
    var config = DedupConfig.recommended();
    for (int eras : List.of(0, 1, 2)) {
      var scope = new DedupScope(EventTime.WINDOW, 0, eras, 1_000);
      var run = new DedupRun(broker, "eras-" + eras, config, scope, folder);
      var first = new ArrayList<>(List.of(document(0, 1, page), document(1, 1, page)));
      for (int i = 5; i < 25; i++) {
        first.add(document(i, 2, edited(page, 1, random)));
      }
      run.send(first, 0);
      run.end(0);
      run.send(List.of(document(2, 0, other)), EventTime.eraStart(1));
      run.end(1);
      run.send(
          List.of(
              document(3, 0, edited(page, 1, random)), document(4, 0, edited(other, 1, random))),
          EventTime.eraStart(2));
      run.end(2);
      Outcome outcome = run.runToEnd(2, 25);

      // Whatever of the next era has been read by then, the last window is compared in full.
      Set<String> dropped = outcome.canonicals().keySet();
      assertTrue(dropped.containsAll(ids(first.subList(2, first.size()))), "eras=" + eras);
      assertTrue(
          dropped.contains(document(0, 0, "").id()) != dropped.contains(document(1, 0, "").id()));
      assertEquals(eras == 0, dropped.contains(document(3, 0, "").id()), "eras=" + eras);
      assertEquals(eras != 1, dropped.contains(document(4, 0, "").id()), "eras=" + eras);
      assertFalse(dropped.contains(document(2, 0, "").id()));
    }
  }
}
