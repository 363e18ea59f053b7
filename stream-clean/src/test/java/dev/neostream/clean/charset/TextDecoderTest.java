package dev.neostream.clean.charset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.SharedData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextDecoderTest {

  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");
  private static final String CHINESE = "判断字符串是否为空白，空白的定义如下。";
  private static final String GERMAN = "Über den Flüssen blühen die Gänseblümchen, müde fällt";

  @Test
  void shouldBelieveTransportFirstThenMeta() {
    String page = "<meta charset=\"gbk\"><p>" + CHINESE;

    assertEquals(page, decode(page.getBytes(GB18030), "", true));
    assertEquals(page, decode(page.getBytes(GB18030), "GB2312", true));
    assertEquals(page, decode(page.getBytes(StandardCharsets.UTF_8), "utf-8", true));
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

    assertEquals(page, decode(page.getBytes(Charset.forName("KOI8-R")), "", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-charset", "", " ", "\u0000", "utf-99", "; drop"})
  void shouldTakeUnknownLabelForNone(String label) {
    assertEquals(CHINESE, decode(CHINESE.getBytes(StandardCharsets.UTF_8), label, false));
  }

  @Test
  void shouldNotBelieveDeclarationThatFitsBadly() {
    byte[] bytes = CHINESE.getBytes(GB18030);

    assertEquals(CHINESE, decode(bytes, "utf-8", false));
  }

  @Test
  void shouldReplaceFewMalformedSequencesOfDeclaredCharset() {
    byte[] bytes = ("a".repeat(300) + "é").getBytes(WINDOWS_1252);

    assertEquals("a".repeat(300) + "\ufffd", decode(bytes, "utf-8", false));
  }

  /** As joined pages have them: a comment or a signature in another set than the rest. */
  @ParameterizedTest
  @ValueSource(strings = {"utf-8", "", "gbk", "big5", "latin1", "shift_jis", "iso-8859-2"})
  void shouldReadUtf8WithStrayBytesOfAnotherSetWhateverIsDeclared(String declared) {
    for (String stray : new String[] {"中文", "编辑：王"}) {
      for (String charset : new String[] {"GB18030", "x-MS950-HKSCS", "windows-1252"}) {
        byte[] comment = stray.getBytes(Charset.forName(charset));
        byte[] text = concat("<!-- ", comment, " --><p>" + CHINESE.repeat(8));

        String decoded = decode(text, declared, true);

        assertTrue(decoded.endsWith("<p>" + CHINESE.repeat(8)), decoded);
      }
    }
  }

  @Test
  void shouldReadDeclaredUtf8ThoughAThirdOfItIsInAnotherSet() {
    byte[] text = concat(CHINESE.repeat(4), CHINESE.getBytes(GB18030), "");

    assertTrue(decode(text, "utf-8", false).startsWith(CHINESE.repeat(4)));
  }

  /** Two bytes of GB18030 may make up a sequence of UTF-8 by chance. */
  @Test
  void shouldReadGb18030ThoughSomeOfItLooksLikeUtf8() {
    String text = "联通公司" + CHINESE + "联系我们";
    byte[] bytes = text.getBytes(GB18030);

    for (String declared : new String[] {"", "gbk", "utf-8"}) {
      assertEquals(text, decode(bytes, declared, false));
    }
  }

  private static byte[] concat(String before, byte[] middle, String after) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
    out.writeBytes(middle);
    out.writeBytes(after.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  @Test
  void shouldTellGb18030FromWindows1252() {
    assertEquals(CHINESE, decode(CHINESE.getBytes(GB18030), "", false));
    assertEquals(GERMAN, decode(GERMAN.getBytes(WINDOWS_1252), "", false));
  }

  @Test
  void shouldFollowByteOrderMarkAndDropIt() {
    assertEquals("ab", decode(new byte[] {-2, -1, 0, 'a', 0, 'b'}, "utf-8", false));
    assertEquals("ab", decode(new byte[] {-1, -2, 'a', 0, 'b', 0}, "", false));
    assertEquals("ab", decode(new byte[] {-17, -69, -65, 'a', 'b'}, "", false));
  }

  @Test
  void shouldNormaliseLineEndsAndDropNulls() {
    byte[] bytes = "a\r\nb\rc\u0000d\r".getBytes(StandardCharsets.UTF_8);

    assertEquals("a\nb\ncd\n", decode(bytes, "", false));
  }

  @Test
  void shouldReturnSameArrayWhenNothingChanges() {
    byte[] text = (CHINESE + "\n" + GERMAN).getBytes(StandardCharsets.UTF_8);

    assertSame(text, new TextDecoder().decode(text, "", false));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, Good morning to all of you",
    "UTF-16BE, Good morning to all of you",
    "UTF-32LE, Good morning to all of you",
    "UTF-32BE, Good morning to all of you",
    "ISO-2022-JP, 日本語の文章を読むことができます。",
    "ISO-2022-KR, 오늘은 날씨가 좋으니 공원에서 산책합시다.",
    "EUC-JP, 今日は天気がいいので、公園を散歩しましょう。",
    "windows-31j, 今日は天気がいいので、公園を散歩しましょう。",
    "x-windows-949, 오늘은 날씨가 좋으니 공원에서 산책합시다.",
    "x-Johab, 오늘은 날씨가 좋으니 공원에서 산책합시다.",
    "x-MS950-HKSCS, 今天天氣很好，我們到公園去散步吧。請大家都來。",
    "x-EUC-TW, 今天天氣很好，我們到公園去散步吧。請大家都來。",
    "GB18030, 今天天气很好，我们到公园去散步吧。请大家都来。",
    "windows-1251, Сегодня хорошая погода и мы идём гулять в парк.",
    "KOI8-R, Сегодня хорошая погода и мы идём гулять в парк.",
    "KOI8-U, Сьогодні гарна погода і ми йдемо гуляти до парку. Її знає.",
    "IBM866, Сегодня хорошая погода и мы идём гулять в парк.",
    "IBM855, Сегодня хорошая погода и мы идём гулять в парк.",
    "x-MacCyrillic, Сегодня хорошая погода и мы идём гулять в парк.",
    "ISO-8859-5, Сегодня хорошая погода и мы идём гулять в парк.",
    "windows-1253, Σήμερα ο καιρός είναι καλός και πάμε στο πάρκο.",
    "windows-1255, היום מזג האוויר יפה ואנחנו הולכים לפארק.",
    "windows-1256, الطقس جميل اليوم ونحن ذاهبون إلى الحديقة.",
    "x-windows-874, วันนี้อากาศดีเราไปเดินเล่นที่สวนสาธารณะกันเถอะ",
    "windows-1250, Žluťoučký kůň úpěl ďábelské ódy a šel přes řeku.",
    "ISO-8859-2, Zażółć gęślą jaźń i być może pójdziemy później.",
    "windows-1254, Bugün hava çok güzel ve biz parkta yürüyüşe çıkıyoruz.",
    "windows-1257, Šodien ir jauks laiks un mēs ejam pastaigāties uz parku.",
    "windows-1252, Schöne Grüße aus München für alle Hörer und Leser."
  })
  void shouldDetectUndeclaredSets(String charset, String text) {
    assertEquals(text, decode(text.getBytes(Charset.forName(charset)), "", false));
  }

  @Test
  void shouldReadHz() {
    byte[] hz = "a ~{VPND~} b~~".getBytes(StandardCharsets.US_ASCII);

    assertEquals("a 中文 b~", decode(hz, "", false));
    assertEquals("a 中文 b~", decode(hz, "hz-gb-2312", false));
    assertEquals("rm ~{a,b}", decode("rm ~{a,b}".getBytes(StandardCharsets.US_ASCII), "", false));
  }

  @Test
  void shouldFollowXmlDeclaration() {
    String xml = "<?xml version='1.0' encoding='KOI8-R'?><a>Привет</a>";

    assertEquals(xml, decode(xml.getBytes(Charset.forName("KOI8-R")), "", false));
  }

  @Test
  void shouldNotBelieveDefaultDeclarationOverAnotherScript() {
    String russian = "Сегодня хорошая погода и мы идём гулять в парк.";

    assertEquals(russian, decode(russian.getBytes(Charset.forName("KOI8-R")), "latin1", false));
    assertEquals(russian, decode(russian.getBytes(StandardCharsets.UTF_8), "latin1", false));
    assertEquals(GERMAN, decode(GERMAN.getBytes(WINDOWS_1252), "latin1", false));
  }

  @Test
  void shouldReplaceMalformedTail() {
    byte[] russian =
        "Хорошо, что мы идём гулять в парк. ".repeat(20).getBytes(StandardCharsets.UTF_8);
    byte[] cut = Arrays.copyOf(russian, russian.length - 3);

    assertTrue(decode(cut, "", false).endsWith("пар\ufffd"), decode(cut, "", false));
  }

  @Test
  void shouldReturnWellFormedTextForAnyBytes() {
    var random = new Random(5);
    var decoder = new TextDecoder();

    for (int n = 0; n < 2000; n++) {
      var bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      for (int i = 0; n % 2 == 1 && i < bytes.length; i++) {
        bytes[i] = (byte) "\u001b$)C(J~{}\u0000\u00ff\u00fe\r".charAt(bytes[i] & 7);
      }
      byte[] text = decoder.decode(bytes, n % 3 == 0 ? "utf-16" : "", true);

      assertSame(text, Utf8Text.normalised(text));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0x1b, '~', '\r', 'a', 0x80, 0xc3, 0xe4, 0xff})
  void shouldEndOnSixteenMegabytesOfOneByte(int value) {
    var bytes = new byte[1 << 24];
    Arrays.fill(bytes, (byte) value);

    byte[] text = new TextDecoder().decode(bytes, "", true);

    assertSame(text, Utf8Text.normalised(text));
  }

  /** At least 97 in 100 were asked for; all are right, with and without their declarations. */
  @Test
  void shouldDecodeFilesOfKnownEncodings() throws IOException {
    var decoder = new TextDecoder();
    var detector = new CharsetDetector();
    int files = 0;
    int right = 0;
    int undeclared = 0;

    for (Path folder : list(SharedData.folder("charsets-dev"))) {
      String label = folder.getFileName().toString();
      for (Path file : Files.isDirectory(folder) ? list(folder) : List.<Path>of()) {
        byte[] bytes = Files.readAllBytes(file);
        String expected = normalised(new String(bytes, trueCharset(label)));
        int examined = Math.min(bytes.length, TextDecoder.EXAMINED);
        String text = new String(decoder.decode(bytes, "", true), StandardCharsets.UTF_8);
        files++;
        right += text.equals(expected) ? 1 : 0;
        String guess = normalised(new String(bytes, detector.detect(bytes, examined)));
        undeclared += guess.equals(expected) ? 1 : 0;
      }
    }

    System.out.printf(
        "charsets: %d files, %d right, %d by the detector alone%n", files, right, undeclared);
    assertTrue(files > 0 && right >= 0.97 * files, "right=" + right);
    assertTrue(undeclared >= 0.97 * files, "undeclared=" + undeclared);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** The superset that browsers take for the encoding a folder is named after. */
  private static Charset trueCharset(String folder) {
    String label =
        folder
            .toLowerCase(Locale.ROOT)
            .replaceFirst("-(hungarian|bulgarian|russian|greek|hebrew|arabic)$", "");
    return Charset.forName(
        switch (label) {
          case "gb2312" -> "GB18030";
          case "big5" -> "x-MS950-HKSCS";
          case "cp932", "shift_jis" -> "windows-31j";
          case "euc-kr" -> "x-windows-949";
          case "iso-8859-1", "ascii" -> "windows-1252";
          case "maccyrillic" -> "x-MacCyrillic";
          case "johab" -> "x-Johab";
          case "tis-620" -> "x-windows-874";
          case "utf-8-sig" -> "UTF-8";
          default -> label;
        });
  }

  private static String normalised(String text) {
    return text.replace("\r\n", "\n")
        .replace('\r', '\n')
        .replace("\u0000", "")
        .replace("\ufeff", "");
  }

  private static String decode(byte[] bytes, String declared, boolean html) {
    return new String(new TextDecoder().decode(bytes, declared, html), StandardCharsets.UTF_8);
  }
}
