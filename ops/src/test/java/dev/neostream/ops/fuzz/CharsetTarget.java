package dev.neostream.ops.fuzz;

import dev.neostream.clean.charset.TextDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bytes in no known encoding: what comes out must be well-formed UTF-8. */
public final class CharsetTarget {

  private static final TextDecoder DECODER = new TextDecoder();

  private CharsetTarget() {}

  static List<byte[]> seeds() {
    return List.of(
        "<meta charset=gb2312><p>\u4e2d\u6587\u7f51\u9875".getBytes(Charset.forName("GB18030")),
        "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440"
            .getBytes(Charset.forName("KOI8-R")),
        "\u65e5\u672c\u8a9e\u306e\u6587".getBytes(Charset.forName("ISO-2022-JP")),
        "\u65e5\u672c\u8a9e\u306e\u6587".getBytes(Charset.forName("Shift_JIS")),
        "caf\u00e9 \u4e2d".getBytes(StandardCharsets.UTF_16LE));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() throws CharacterCodingException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws CharacterCodingException {
    byte[] text = DECODER.decode(input, "", input.length % 2 == 0);
    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
  }
}
