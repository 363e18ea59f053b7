package dev.neostream.tokens.pack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TokenIdsTest {

  @Test
  void shouldStoreLittleEndianUnsigned() {
    assertArrayEquals(
        new byte[] {0x34, 0x12, (byte) 0xff, (byte) 0xff},
        TokenIds.encode(new int[] {0x1234, 0xffff}, 2));
    assertArrayEquals(
        new byte[] {0x78, 0x56, 0x34, 0x12}, TokenIds.encode(new int[] {0x12345678}, 4));
  }

  @Test
  void shouldReturnWhatWasStored() {
    int[] ids = {0, 1, 65_535, 40_000};

    assertArrayEquals(ids, TokenIds.decode(ByteBuffer.wrap(TokenIds.encode(ids, 2)), 2));
    assertArrayEquals(ids, TokenIds.decode(ByteBuffer.wrap(TokenIds.encode(ids, 4)), 4));
  }

  @Test
  void shouldChooseTheNarrowestWidth() {
    assertEquals(2, TokenIds.width(65_536));
    assertEquals(4, TokenIds.width(65_537));
  }
}
