package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.StageCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CountBookTest {

  private static StageCounts counts(
      long checkpoint,
      Stage stage,
      int subtask,
      long read,
      long emitted,
      long rejected,
      long duplicates,
      long held,
      long blocks) {
    return new StageCounts(
        checkpoint,
        stage.wireName(),
        subtask,
        2,
        read,
        emitted,
        rejected,
        duplicates,
        held,
        0L,
        blocks,
        Map.of());
  }

  private static void page(CountBook book, long checkpoint, long cleanEmitted) {
    for (int subtask = 0; subtask < 2; subtask++) {
      book.add(counts(checkpoint, Stage.CLEAN, subtask, 10, cleanEmitted, 2, 0, 0, 0));
      book.add(counts(checkpoint, Stage.DEDUP, subtask, 8, 5, 0, 1, 2, 0));
      book.add(counts(checkpoint, Stage.TOKENIZE, subtask, 5, 4, 0, 0, 1, 3));
    }
  }

  @Test
  void shouldSumSubtasksOfTheNewestCompleteCheckpoint() {
    var book = new CountBook(List.of(Stage.DEDUP));
    page(book, 1, 8);
    book.add(counts(2, Stage.CLEAN, 0, 11, 9, 2, 0, 0, 0));

    CountBook.Page page = book.latest();

    assertEquals(1, page.checkpoint());
    assertEquals(20, page.stage(Stage.CLEAN).read());
    assertEquals(4, page.stage(Stage.DEDUP).held());
    assertEquals(List.of(), page.problems());
  }

  @Test
  void shouldCallACheckpointSettledWhenTheNextIsComplete() {
    var book = new CountBook(List.of(Stage.DEDUP));
    page(book, 1, 8);
    assertEquals(0, book.settled().checkpoint());

    page(book, 2, 8);

    assertEquals(1, book.settled().checkpoint());
    assertEquals(2, book.latest().checkpoint());
  }

  @Test
  void shouldNameTheEquationThatDoesNotHold() {
    var book = new CountBook(List.of(Stage.DEDUP));
    page(book, 1, 7);

    List<String> problems = book.latest().problems();

    assertEquals(2, problems.size());
    assertTrue(problems.get(0).startsWith("clean: read must equal"), problems.get(0));
    assertTrue(problems.get(1).startsWith("dedup must read what clean emitted"), problems.get(1));
  }

  @Test
  void shouldNoticeDocumentsThatWereReadAgain() {
    var book = new CountBook(List.of(Stage.DEDUP));
    page(book, 1, 8);

    assertEquals(Optional.empty(), book.latest().readAgain(20));
    assertEquals(Optional.empty(), book.latest().readAgain(1_000));
    assertTrue(
        book.latest()
            .readAgain(19)
            .orElseThrow()
            .startsWith(
                "clean must not read more than ingest wrote: written=19, read by checkpoint 1=20;"));
  }

  @Test
  void shouldChainTheStagesThatCutPassages() {
    var book = new CountBook(List.of(Stage.DEDUP, Stage.PARAGRAPH));
    for (int subtask = 0; subtask < 2; subtask++) {
      book.add(counts(1, Stage.PARAGRAPH, subtask, 5, 3, 1, 0, 1, 0));
    }
    page(book, 1, 8);

    List<String> problems = book.latest().problems();

    assertEquals(
        List.of(Stage.CLEAN, Stage.DEDUP, Stage.PARAGRAPH, Stage.TOKENIZE),
        List.copyOf(book.latest().stages().keySet()));
    assertEquals(
        List.of("tokenize must read what paragraph emitted: emitted=6, read=10"), problems);
    assertEquals(List.of(), book.latest().differences(6, 2, 6, true));
  }

  @Test
  void shouldRefuseCountsOfAnUnknownStage() {
    var book = new CountBook(List.of(Stage.DEDUP));
    StageCounts counts = counts(3, Stage.CLEAN, 1, 0, 0, 0, 0, 0, 0);
    counts.setStage("polish");

    var error = assertThrows(IllegalArgumentException.class, () -> book.add(counts));

    assertEquals(
        "a stage must be one of ingest, clean, dedup, paragraph, line, substring, contamination,"
            + " tokenize: stage=polish, place=counts of checkpoint 3, subtask 1;"
            + " if a newer version wrote it, read it with that version",
        error.getMessage());
  }

  @Test
  void shouldTellLostRecordsFromRecordsOnTheirWay() {
    var book = new CountBook(List.of(Stage.DEDUP));
    page(book, 5, 8);
    CountBook.Page page = book.latest();

    assertEquals(List.of(), page.differences(4, 2, 6, true));
    assertEquals(List.of(), page.differences(9, 2, 6, false));
    assertEquals(1, page.differences(9, 2, 6, true).size());
    List<String> lost = page.differences(4, 2, 5, false);
    assertEquals(1, lost.size());
    assertTrue(
        lost.get(0).startsWith("token.index lost records: committed by checkpoint 5=6, found=5"),
        lost.get(0));
  }
}
