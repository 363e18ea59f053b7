package dev.neostream.ops.account;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.RejectedDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewestRejectsTest {

  private static RejectedDocument reject(String id, String url, String value) {
    return new RejectedDocument(
        id, 7L, "crawl", url, "a.warc", 9L, "clean", "c4.lines", value, ">= 3", "en", "en.web", "");
  }

  @Test
  void shouldShowTheNewestFirstAndForgetTheOldest() {
    var rejects = new NewestRejects();
    for (int i = 0; i <= NewestRejects.MOST; i++) {
      rejects.add(reject("id-" + i, "u", "1"));
    }

    List<RejectExamples.Example> list = rejects.list();

    assertEquals(NewestRejects.MOST, list.size());
    assertEquals("id-" + NewestRejects.MOST, list.get(0).id());
    assertEquals("id-1", list.get(NewestRejects.MOST - 1).id());
  }

  @Test
  void shouldNameThePlaceOfADocumentWithoutUrlAndShortenWhatIsLong() {
    var rejects = new NewestRejects();
    rejects.add(reject("ab", " ", "x".repeat(161)));

    assertEquals(
        new RejectExamples.Example(
            Stage.CLEAN, "c4.lines", "ab", "crawl a.warc at 9", "x".repeat(160) + " ...", ">= 3"),
        rejects.list().get(0));
  }
}
