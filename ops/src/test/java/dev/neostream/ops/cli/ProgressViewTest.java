package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.monitor.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressViewTest {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private String show(boolean terminal, Status status, String... said) {
    var view = new ProgressView(new PrintStream(printed, true, StandardCharsets.UTF_8), terminal);
    List.of(said).forEach(view::say);
    view.show(status);
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldNotShowNumbersThatThereAreNotYet() {
    String line = show(false, Status.starting(600));

    assertEquals(
        "starting: 0 documents in, 0 clean, 0 unique, 0 tokens; no step yet, eta after the first"
            + " steps\n",
        line);
    String all = String.join("\n", ProgressView.lines(Status.starting(600)));
    assertFalse(all.contains("NaN"), all);
    assertFalse(all.contains("documents/s"), all);
  }

  @Test
  void shouldNotObeyWhatIsInAMessage() {
    String text = show(false, Status.starting(2), "reading \u001b]0;owned\u0007.warc");

    assertTrue(text.startsWith("reading \\u001b]0;owned\\u0007.warc\n"), text);
  }

  @Test
  void shouldRedrawInPlaceOnATerminal() {
    Status status = Status.starting(600);
    var view = new ProgressView(new PrintStream(printed, true, StandardCharsets.UTF_8), true);
    view.show(status);
    int first = printed.size();
    view.show(status);
    String second = printed.toString(StandardCharsets.UTF_8).substring(first);

    int lines = ProgressView.lines(status).size() + 1;
    assertTrue(second.startsWith("\u001b[1A\u001b[2K".repeat(lines) + "state"), second);
  }
}
