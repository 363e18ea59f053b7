package dev.neostream.schemas.gzip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipStreamTest {

  /** What the decoder reads at once. */
  private static final int BUFFER_BYTES = 1 << 13;

  private static final byte[] EMPTY = gzip(new byte[0]);

  @Test
  void shouldJoinMembersWhenTheirBorderIsAnywhereInTheBuffer() throws IOException {
    byte[] second = "the second member".getBytes(StandardCharsets.UTF_8);
    var random = new Random(17);
    for (int length = BUFFER_BYTES - 60; length <= BUFFER_BYTES + 40; length++) {
      byte[] first = new byte[length];
      random.nextBytes(first); // stored, so that the member grows byte by byte

      byte[] joined = concat(gzip(first), gzip(second));

      assertArrayEquals(concat(first, second), ofFile(joined), "length=" + length);
      assertArrayEquals(concat(first, second), ofBody(joined), "length=" + length);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 511, 512, 513})
  void shouldJoinMembersWhenStreamGivesFewBytesAndNeverSaysHowMany(int most) throws IOException {
    byte[] text = "text of one member ".repeat(40).getBytes(StandardCharsets.UTF_8);
    byte[] members = concat(gzip(text), EMPTY, gzip(text), EMPTY);

    try (var in = GzipStream.ofFile(new Slow(members, most))) {
      assertArrayEquals(concat(text, text), in.readAllBytes());
    }
  }

  @Test
  void shouldReadByteByByteAsInBulk() throws IOException {
    byte[] members = concat(gzip(new byte[] {1, -1}), EMPTY, gzip(new byte[] {3}));

    try (var in = GzipStream.ofFile(new ByteArrayInputStream(members))) {
      assertEquals(1, in.read());
      assertEquals(255, in.read());
      assertEquals(3, in.read());
      assertEquals(-1, in.read());
      assertEquals(-1, in.read());
    }
  }

  @Test
  void shouldReadBehindThousandsOfEmptyMembers() throws IOException {
    byte[] text = {42};

    assertArrayEquals(text, ofFile(concat(empty(60_000), gzip(text))));
    assertArrayEquals(new byte[0], ofBody(empty(GzipStream.MAX_EMPTY_MEMBERS)));
  }

  @Test
  void shouldRefuseWhenMembersWithoutContentNeverEnd() {
    byte[] members = empty(GzipStream.MAX_EMPTY_MEMBERS + 1);

    assertTrue(damage(members).contains("n>65536"));
  }

  @Test
  void shouldTellMissingTrailerFromWholeOneWhenCutAnywhere() throws IOException {
    byte[] text = "some text of a member".getBytes(StandardCharsets.UTF_8);
    byte[] member = gzip(text);
    for (int length = 0; length < member.length; length++) {
      byte[] cut = Arrays.copyOf(member, length);

      assertThrows(EOFException.class, () -> ofFile(cut), "length=" + length);
      if (length < member.length - 8) {
        assertThrows(EOFException.class, () -> ofBody(cut), "length=" + length);
      } else {
        assertArrayEquals(text, ofBody(cut), "length=" + length);
      }
    }
  }

  @Test
  void shouldRefuseWhenChecksumOrLengthIsWrong() {
    byte[] text = "some text of a member".getBytes(StandardCharsets.UTF_8);
    for (int back = 1; back <= 8; back++) {
      byte[] member = gzip(text);
      member[member.length - back] ^= 1;

      for (byte[] data : new byte[][] {member, concat(gzip(text), member)}) {
        assertTrue(damage(data).contains("checksum"));
        assertThrows(ZipException.class, () -> ofBody(data));
      }
    }
  }

  @Test
  void shouldPassOverZerosButNothingElseWhenReadingAFile() throws IOException {
    byte[] text = {1, 2, 3};
    for (int padding : new int[] {1, 2, 512, 2 * BUFFER_BYTES}) {
      byte[] padded = concat(gzip(text), new byte[padding]);

      assertArrayEquals(text, ofFile(padded));
      assertArrayEquals(text, ofBody(padded));
      assertTrue(damage(concat(padded, new byte[] {7})).contains("zeros"));
    }
    byte[] followed = concat(gzip(text), new byte[] {'x', 'y', 'z'});

    assertTrue(damage(followed).contains("1f 8b"));
    assertArrayEquals(text, ofBody(followed));
  }

  @Test
  void shouldRefuseDamageInsideALaterMemberEvenOfABody() {
    byte[] damaged = gzip(new byte[] {4, 5, 6});
    damaged[2] = 7; // the method

    assertThrows(ZipException.class, () -> ofBody(concat(gzip(new byte[] {1}), damaged)));
    assertThrows(ZipException.class, () -> ofBody("plain".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldPassOverEveryFieldOfAHeader() throws IOException {
    byte[] header = {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3};
    byte[] fields = concat(header, new byte[] {3, 0, 9, 9, 9}, new byte[] {'n', 0, 'c', 0});
    var crc = new CRC32();
    crc.update(fields);
    byte[] checksum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
    byte[] member = gzip(new byte[] {1, 2});
    byte[] rest = Arrays.copyOfRange(member, 10, member.length);

    assertArrayEquals(new byte[] {1, 2}, ofFile(concat(fields, checksum, rest)));
    checksum[0] ^= 1;
    assertTrue(damage(concat(fields, checksum, rest)).contains("header checksum"));
  }

  private static String damage(byte[] data) {
    return assertThrows(ZipException.class, () -> ofFile(data)).getMessage();
  }

  private static byte[] ofFile(byte[] data) throws IOException {
    try (var in = GzipStream.ofFile(new Slow(data, Integer.MAX_VALUE))) {
      return in.readAllBytes();
    }
  }

  private static byte[] ofBody(byte[] data) throws IOException {
    try (var in = GzipStream.ofBody(new Slow(data, Integer.MAX_VALUE))) {
      return in.readAllBytes();
    }
  }

  private static byte[] empty(int members) {
    byte[] all = new byte[members * EMPTY.length];
    for (int i = 0; i < members; i++) {
      System.arraycopy(EMPTY, 0, all, i * EMPTY.length, EMPTY.length);
    }
    return all;
  }

  private static byte[] gzip(byte[] plain) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException("memory must be writable", e);
    }
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Gives few bytes at a time and, as most streams, says nothing about how many are left. */
  private static final class Slow extends InputStream {

    private final ByteArrayInputStream in;
    private final int most;

    Slow(byte[] bytes, int most) {
      this.in = new ByteArrayInputStream(bytes);
      this.most = most;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return in.read(bytes, offset, Math.min(length, most));
    }
  }
}
