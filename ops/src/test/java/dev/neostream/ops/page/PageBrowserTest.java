package dev.neostream.ops.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neostream.ops.NeoProcess;
import dev.neostream.ops.TestCorpus;
import dev.neostream.ops.run.RunFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of a real run in a real browser, used as its user would; pictures of it are left in
 * {@code target/page}.
 */
@Tag("nightly")
@Timeout(600)
class PageBrowserTest {

  private static final Path PICTURES = Path.of("target", "page");

  @TempDir Path folder;

  @Test
  void shouldShowARunAndSteerIt() throws Exception {
    Optional<Path> chromium = Browser.installed();
    assumeTrue(chromium.isPresent(), "there is no Chromium on this machine: the page is not tried");
    Files.createDirectories(PICTURES);
    List<Path> inputs = new ArrayList<>(TestCorpus.write(folder.resolve("corpus"), 400));
    // A stranger's url that would be a tag, in a document that is rejected.
    inputs.add(
        Files.writeString(
            folder.resolve("naughty.jsonl"),
            "{\"url\": \"http://a.org/<img src=x onerror=document.title='owned'>\", \"text\":"
                + " \"too short\"}\n",
            StandardCharsets.UTF_8));
    Path run = folder.resolve("run");
    List<String> arguments =
        new ArrayList<>(
            List.of("demo", "--dir", run.toString(), "--steps", "1000", "--only-input"));
    arguments.addAll(List.of("--checkpoint-every", "15"));
    inputs.forEach(input -> arguments.addAll(List.of("--input", input.toString())));
    NeoProcess neo = NeoProcess.start(folder.resolve("out"), arguments);
    try (var browser = Browser.open(chromium.get(), folder.resolve("profile"))) {
      neo.await("its page", () -> new RunFolder(run).pageUrl().isPresent());
      browser.look(1280, "light");
      browser.go(new RunFolder(run).pageUrl().orElseThrow());
      browser.await("document.getElementById('state').textContent === 'starting'");
      browser.await("document.querySelector('#said li')");
      picture(browser, "starting");

      browser.await("document.getElementById('step').textContent.startsWith('Step ')");
      assertEquals("", browser.value("location.hash"));
      browser.await("document.querySelectorAll('#loss-chart path').length >= 3");

      steer(browser);
      rejects(browser);
      browser.await("document.querySelector('#samples pre')");
      picture(browser, "running");

      browser.value("document.getElementById('loss-chart').focus()");
      browser.key("ArrowLeft");
      browser.await("document.getElementById('loss-read').textContent.includes('gradient')");

      neo.terminate();
      browser.await("document.getElementById('state').textContent === 'stopped'");
      picture(browser, "stopped");
      // That the server went away is what the browser itself says of it, not the page.
      assertEquals(
          List.of(), browser.errors().stream().filter(e -> !e.contains("net::ERR_")).toList());
    } finally {
      neo.kill();
    }
  }

  /** Moves a slider, reads the preview, applies, sees the delivered shares follow, and undoes. */
  private static void steer(Browser browser) throws Exception {
    browser.await("document.querySelectorAll('#sliders input').length === 3");
    String plan = browser.value("document.getElementById('mixture-note').textContent");
    assertTrue(plan.startsWith("plan 1,"), plan);
    browser.value("document.querySelector('#sliders input').focus()");
    for (int i = 0; i < 20; i++) {
      browser.key("ArrowRight");
    }
    browser.await("document.querySelector('#sliders .value').textContent.includes('→')");
    browser.await("!document.getElementById('apply').disabled");
    browser.value("document.getElementById('apply').click()");
    browser.await("document.getElementById('mixture-said').textContent.startsWith('Say why')");
    browser.value("document.getElementById('reason').value = 'more <b>code</b>'");
    browser.value("document.getElementById('apply').click()");
    browser.await("document.getElementById('mixture-note').textContent.startsWith('plan 2,')");
    assertTrue(
        browser.value("document.getElementById('plans').textContent").contains("<b>code</b>"));
    browser.await("document.querySelectorAll('#share-chart .mark').length === 1");

    browser.await("!document.getElementById('undo').disabled");
    browser.value("document.getElementById('undo').click()");
    browser.await("document.getElementById('mixture-note').textContent.startsWith('plan 3,')");
    browser.await("document.querySelectorAll('#share-chart .mark').length === 2");
    assertEquals("true", browser.value("document.getElementById('apply').disabled + ''"));
  }

  private static void rejects(Browser browser) throws Exception {
    browser.await("document.getElementById('rejects').textContent.includes('<img src=x')");
    assertEquals("0", browser.value("document.querySelectorAll('main img').length + ''"));
    assertTrue(browser.value("document.title").contains("Neo Stream"));
    browser.value("document.querySelector('#rejects button:not(:disabled)').click()");
    browser.await("document.getElementById('explain').open");
    browser.await("document.getElementById('explain-lines').textContent.includes('rejected by')");
    browser.value("document.getElementById('explain').close()");
  }

  private static void picture(Browser browser, String name) throws Exception {
    for (int width : new int[] {1280, 400}) {
      for (String scheme : new String[] {"light", "dark"}) {
        browser.look(width, scheme);
        browser.await("document.documentElement.scrollWidth <= " + width);
        browser.value(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        browser.picture(PICTURES.resolve(name + "-" + width + "-" + scheme + ".png"));
      }
    }
    browser.look(1280, "light");
  }
}
