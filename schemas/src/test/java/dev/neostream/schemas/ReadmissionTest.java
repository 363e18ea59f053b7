package dev.neostream.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadmissionTest {

  private static final String ID = "0123456789abcdef0123456789abcdef";

  @Test
  void shouldReadWhatItWrites() {
    var mark = new Readmission(12, ID);

    assertEquals("12 " + ID, mark.toString());
    assertEquals(Optional.of(mark), Readmission.of(Map.of(Readmission.ATTRIBUTE, mark.toString())));
  }

  @Test
  void shouldPassOverWhatIsNoMark() {
    assertEquals(Optional.empty(), Readmission.of(Map.of()));
    for (String other : new String[] {"", ID, "x " + ID, "1 " + ID + "0", "12345678901 " + ID}) {
      assertEquals(Optional.empty(), Readmission.of(Map.of(Readmission.ATTRIBUTE, other)), other);
    }
  }

  @Test
  void shouldKnowInputsByName() {
    assertTrue(Readmission.isSource(Readmission.source(3)));
    assertFalse(Readmission.isSource("takedown/3.jsonl"));
    assertFalse(Readmission.isSource("crawl.warc.gz"));
  }
}
