package dev.neostream.ops.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.neostream.ops.eval.DataFile.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShotsTest {

  private static final Template GROUP = Template.parse("{g}");

  private static final List<Item> POOL = pool();

  private static List<Item> pool() {
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      items.add(item(i + 1, "q" + i, i % 2 == 0 ? "even" : "odd"));
    }
    return items;
  }

  private static Item item(int line, String question, String group) {
    return new Item(
        Path.of("pool"),
        line,
        JsonNodeFactory.instance
            .objectNode()
            .put("q", question)
            .put("a", "A" + question)
            .put("g", group));
  }

  private static List<String> questions(List<Item> items) {
    return items.stream().map(item -> item.fields().get("q").asText()).toList();
  }

  @Test
  void shouldShowTheFirstOfTheGroupWithoutASeed() {
    var shots = new Shots(new FewShot(3, null, null), GROUP, POOL);

    assertEquals(List.of("q1", "q3", "q5"), questions(shots.before(item(1, "new", "odd"))));
    // Neither the question itself nor a copy of it.
    assertEquals(List.of("q0", "q4", "q6"), questions(shots.before(POOL.get(2))));
    assertEquals(List.of("q0", "q4", "q6"), questions(shots.before(item(99, "q2", "even"))));
  }

  @Test
  void shouldDrawOthersForEveryQuestionAndTheSameAgain() {
    var shots = new Shots(new FewShot(5, null, 3L), GROUP, POOL);
    Set<List<String>> drawn = new HashSet<>();
    Set<String> seen = new HashSet<>();
    for (Item question : POOL) {
      List<Item> before = shots.before(question);

      assertEquals(before, new Shots(new FewShot(5, null, 3L), GROUP, POOL).before(question));
      assertEquals(5, new HashSet<>(before).size());
      assertFalse(before.contains(question));
      before.forEach(shot -> assertEquals(question.fields().get("g"), shot.fields().get("g")));
      drawn.add(questions(before));
      seen.addAll(questions(before));
    }

    assertTrue(drawn.size() > 35, "drawn=" + drawn.size());
    assertEquals(40, seen.size());
    assertFalse(
        new Shots(new FewShot(5, null, 4L), GROUP, POOL)
            .before(POOL.get(0))
            .equals(shots.before(POOL.get(0))));
  }

  @Test
  void shouldRefuseToShowFewerThanAskedFor() {
    var shots = new Shots(new FewShot(20, null, 1L), GROUP, POOL);

    assertEquals(20, shots.before(item(1, "new", "odd")).size());
    var refused = assertThrows(IllegalArgumentException.class, () -> shots.before(POOL.get(0)));
    assertEquals(
        "there must be enough other records to show: fewshot=20, records=19", refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> shots.before(item(1, "new", "neither")));
  }

  @Test
  void shouldPutThemTogetherAsLmEvaluationHarnessDoes() {
    String context =
        Shots.context(
            Template.parse("About {g}.\n\n"),
            Template.parse("Q: {q}\nA:"),
            " ",
            item -> item.fields().get("a").asText(),
            POOL.get(0),
            List.of(POOL.get(2), POOL.get(4)));

    assertEquals("About even.\n\nQ: q2\nA: Aq2\n\nQ: q4\nA: Aq4\n\nQ: q0\nA:", context);
  }
}
