package dev.neostream.clean.html;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {

  @Test
  void shouldFindTheFirstOfEqualBytesWhereverItStands() {
    // Neighbours of the wanted byte and of its sign bit, which a sloppy mask takes for it.
    byte[] others = {'<' - 1, '<' + 1, (byte) ('<' | 0x80), 0, -1, Byte.MIN_VALUE, Byte.MAX_VALUE};
    var random = new Random(7);
    for (int length = 0; length < 40; length++) {
      for (int wantedAt = 0; wantedAt <= length; wantedAt++) {
        byte[] html = new byte[length];
        for (int i = 0; i < length; i++) {
          html[i] = i == wantedAt ? (byte) '<' : others[random.nextInt(others.length)];
        }
        // The byte behind it differs by one, to which a borrow might carry.
        if (wantedAt + 1 < length) {
          html[wantedAt + 1] = '<' + 1;
        }
        for (int from = 0; from <= length; from++) {
          int expected = from <= wantedAt ? wantedAt : length;
          assertEquals(expected, Bytes.indexOf(html, '<', from), length + " " + from);
        }
      }
    }
  }

  @Test
  void shouldFindBytesAbove127() {
    byte[] html = "0123456789\u00e9".getBytes(StandardCharsets.UTF_8);

    assertEquals(10, Bytes.indexOf(html, 0xC3, 0));
    assertEquals(11, Bytes.indexOf(html, (byte) 0xA9, 3));
    assertEquals(html.length, Bytes.indexOf(html, 0x43, 0));
  }
}
