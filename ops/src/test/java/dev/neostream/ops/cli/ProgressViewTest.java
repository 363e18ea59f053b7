package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.monitor.StatusSample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressViewTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private Optional<WindowSize> window = Optional.empty();
  private final ProgressView view = new ProgressView(out, () -> window);

  private String taken() {
    String text = printed.toString(StandardCharsets.UTF_8);
    printed.reset();
    return text;
  }

  @Test
  void shouldNotShowNumbersThatThereAreNotYet() {
    view.show(Status.starting(600));

    assertEquals(
        "starting: 0 documents in, 0 clean, 0 unique, 0 tokens; no step yet, eta after the first"
            + " steps\n",
        taken());
    String all = String.join("\n", ProgressView.lines(Status.starting(600)));
    assertFalse(all.contains("NaN"), all);
    assertFalse(all.contains("documents/s"), all);
  }

  @Test
  void shouldSayOneLineInAWhileWhereNobodyWatches() {
    view.show(StatusSample.running());
    view.show(StatusSample.running());

    assertEquals(
        "running: 88 documents in, 60 clean, 51 unique, 25,600 tokens; step 42 of 600, decay, loss"
            + " 4.500, 6,800 tokens/s, eta after the next steps\n",
        taken());
  }

  @Test
  void shouldTellOfRanksAskedForByWhomWhenAndWhy() {
    Status.Ranks asked = new Status.Ranks(1, 4, 1, "tester", "cores", 1_700_000_000_375L);
    Status status = StatusSample.running().with("", "", asked, 0, -1);

    List<String> lines = Rows.of(ProgressView.lines(status), 200);

    String line = "ranks     1   1 -> 4 at 2023-11-14T22:13:20Z by tester: cores";
    assertTrue(lines.contains(line), lines.toString());
  }

  @Test
  void shouldNotObeyWhatIsInAMessage() {
    view.say("reading \u001b]0;owned\u0007.warc");

    assertEquals("reading \\u001b]0;owned\\u0007.warc\n", taken());
  }

  @Test
  void shouldRedrawInPlaceBelowItsMessages() {
    window = Optional.of(new WindowSize(80, 24));
    var screen = new Screen(80, 24);

    view.say("Starting Kafka");
    view.show(StatusSample.running());
    view.show(StatusSample.running());
    view.say("Started Kafka");
    view.show(StatusSample.running());
    screen.write(taken());

    var expected = new ArrayList<>(List.of("Starting Kafka", "Started Kafka"));
    expected.addAll(Screens.AT_80);
    assertEquals(expected, screen.rows());
  }

  @Test
  void shouldFillALargeWindow() {
    window = Optional.of(new WindowSize(120, 40));
    var screen = new Screen(120, 40);

    view.show(StatusSample.running());
    screen.write(taken());

    assertEquals(Screens.AT_120, screen.rows());
  }

  @Test
  void shouldFollowTheWindow() {
    var screen = new Screen(120, 40);
    window = Optional.of(new WindowSize(120, 40));
    view.say("Starting Kafka");
    view.show(StatusSample.running());
    screen.write(taken());

    screen.resize(80, 24);
    window = Optional.of(new WindowSize(80, 24));
    view.show(StatusSample.running());
    screen.write(taken());
    assertEquals(Screens.AT_80, screen.rows());

    screen.resize(120, 40);
    window = Optional.of(new WindowSize(120, 40));
    view.show(StatusSample.running());
    screen.write(taken());
    assertEquals(Screens.AT_120, screen.rows());
  }

  /** What is higher than its window cannot be redrawn in place. */
  @Test
  void shouldBeNoHigherThanTheWindow() {
    window = Optional.of(new WindowSize(80, 6));
    var screen = new Screen(80, 6);

    view.show(StatusSample.running());
    view.show(StatusSample.running());
    screen.write(taken());

    assertEquals(Screens.AT_80.subList(0, 5), screen.rows());
  }

  @Test
  void shouldSayWhatHeldOutLossesAreMeasuredOnOrWhyTheyAreNot() {
    String waiting =
        String.join(
            "\n",
            ProgressView.lines(
                StatusSample.on(new Status.HeldOutSet(0, -1, 0, 0, 0, "code has 3 of 8 blocks"))));
    String fewer =
        String.join(
            "\n",
            ProgressView.lines(StatusSample.on(new Status.HeldOutSet(2, 49, 14, 3_584, 2, ""))));

    assertTrue(waiting.contains("held-out  not evaluated yet: code has 3 of 8 blocks"), waiting);
    assertTrue(
        fewer
            .replace('\u00a0', ' ')
            .contains("held-out  step 19: 7.000   on 3,584 tokens, 2 blocks taken down"),
        fewer);
  }

  @Test
  void shouldShowTheNewestOfManyEvaluations() {
    String all = String.join("\n", ProgressView.lines(StatusSample.evaluated(12)));

    assertTrue(all.contains("held-out  step\u00a0700:"), all);
    assertTrue(all.contains("step\u00a01100:"), all);
  }
}
