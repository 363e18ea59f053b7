package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.clean.SharedData;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextDecoderTest {

  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final String CHINESE = "判断字符串是否为空白，空白的定义如下。";
  private static final String GERMAN = "Über den Flüssen blühen die Gänseblümchen, müde fällt";

  @Test
  void shouldBelieveTransportFirstThenMeta() {
    String page = "<meta charset=\"gbk\"><p>" + CHINESE;

    assertEquals(page, TextDecoder.decode(page.getBytes(GB18030), "", true));
    assertEquals(page, TextDecoder.decode(page.getBytes(GB18030), "GB2312", true));
    assertEquals(page, TextDecoder.decode(page.getBytes(StandardCharsets.UTF_8), "utf-8", true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<meta charset=koi8-r>",
        "<META  CHARSET='KOI8-R'>",
        "<meta name=x content=y><meta http-equiv=Content-Type content=\"text/html; charset=koi8-r\">"
      })
  void shouldFindMetaInAllItsForms(String meta) {
    String page = meta + "Привет";

    assertEquals(page, TextDecoder.decode(page.getBytes(Charset.forName("KOI8-R")), "", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-charset", "", " ", "\u0000", "utf-99", "; drop"})
  void shouldTakeUnknownLabelForNone(String label) {
    assertEquals(
        CHINESE, TextDecoder.decode(CHINESE.getBytes(StandardCharsets.UTF_8), label, false));
  }

  @Test
  void shouldNotBelieveDeclarationThatFitsBadly() {
    byte[] bytes = CHINESE.getBytes(GB18030);

    assertEquals(CHINESE, TextDecoder.decode(bytes, "utf-8", false));
  }

  @Test
  void shouldReplaceFewMalformedSequencesOfDeclaredCharset() {
    byte[] bytes = ("a".repeat(300) + "é").getBytes(WINDOWS_1252);

    assertEquals("a".repeat(300) + "\ufffd", TextDecoder.decode(bytes, "utf-8", false));
  }

  @Test
  void shouldTellGb18030FromWindows1252() {
    assertEquals(CHINESE, TextDecoder.decode(CHINESE.getBytes(GB18030), "", false));
    assertEquals(GERMAN, TextDecoder.decode(GERMAN.getBytes(WINDOWS_1252), "", false));
  }

  @Test
  void shouldFollowByteOrderMarkAndDropIt() {
    assertEquals("ab", TextDecoder.decode(new byte[] {-2, -1, 0, 'a', 0, 'b'}, "utf-8", false));
    assertEquals("ab", TextDecoder.decode(new byte[] {-1, -2, 'a', 0, 'b', 0}, "", false));
    assertEquals("ab", TextDecoder.decode(new byte[] {-17, -69, -65, 'a', 'b'}, "", false));
  }

  @Test
  void shouldNormaliseLineEndsAndDropNulls() {
    byte[] bytes = "a\r\nb\rc\u0000d\r".getBytes(StandardCharsets.UTF_8);

    assertEquals("a\nb\ncd\n", TextDecoder.decode(bytes, "", false));
  }

  @Test
  void shouldDecodeUndeclaredChineseAndUtf8FilesRight() throws IOException {
    Path data = SharedData.folder("charsets-dev");

    for (String encoding : new String[] {"utf-8", "GB2312", "utf-8-sig"}) {
      try (var files = Files.list(data.resolve(encoding))) {
        for (Path file : files.sorted().toList()) {
          byte[] bytes = Files.readAllBytes(file);
          Charset charset = encoding.startsWith("utf") ? StandardCharsets.UTF_8 : GB18030;
          String expected =
              new String(bytes, charset)
                  .replace("\r\n", "\n")
                  .replace('\r', '\n')
                  .replace("\ufeff", "");

          assertEquals(expected, TextDecoder.decode(bytes, "", false), file.toString());
        }
      }
    }
  }
}
