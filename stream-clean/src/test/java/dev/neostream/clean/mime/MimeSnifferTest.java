package dev.neostream.clean.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MimeSnifferTest {

  private static final String OFFICE = "application/vnd.openxmlformats-officedocument.";

  @ParameterizedTest
  @CsvSource({
    "png, image/png",
    "jpg, image/jpeg",
    "gif, image/gif",
    "bmp, image/bmp",
    "tiff, image/tiff"
  })
  void shouldNameImagesThatWereWrittenByALibrary(String format, String type) throws IOException {
    var image = new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 2400; i++) {
      image.setRGB(i % 60, i / 60, i * 6991);
    }
    var out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));

    assertEquals(Optional.of(type), MimeSniffer.binaryType(out.toByteArray()));
    assertEquals(Optional.of(type), MimeSniffer.binaryType(join("\r\n", out.toByteArray())));
  }

  @ParameterizedTest
  @CsvSource({
    "word/document.xml, " + OFFICE + "wordprocessingml.document",
    "xl/workbook.xml, " + OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml, " + OFFICE + "presentationml.presentation",
    "META-INF/MANIFEST.MF, application/java-archive",
    "a.txt, application/zip",
  })
  void shouldTellDocumentsInZipsApartByTheirParts(String part, String type) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (String name : new String[] {"[Content_Types].xml", "media/large.bin", part}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(random(name.endsWith("bin") ? 300_000 : 300));
      }
    }

    assertEquals(Optional.of(type), MimeSniffer.binaryType(out.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet"
      })
  void shouldBelieveTheTypeThatAZipStartsWith(String type) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      var entry = new ZipEntry("mimetype");
      var crc = new CRC32();
      crc.update(latin(type));
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(type.length());
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(latin(type));
      zip.putNextEntry(new ZipEntry("content.xml"));
      zip.write(random(300));
    }

    assertEquals(Optional.of(type), MimeSniffer.binaryType(out.toByteArray()));
  }

  @ParameterizedTest
  @CsvSource({
    "WordDocument, application/msword",
    "PowerPoint Document, application/vnd.ms-powerpoint",
    "Workbook, application/vnd.ms-excel",
    "Contents, application/x-ole-storage",
  })
  void shouldTellCompoundFilesApartByTheirStreams(String stream, String type) {
    byte[] magic = latin("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1");

    byte[] file = join(magic, random(5000), stream.getBytes(StandardCharsets.UTF_16LE));

    assertEquals(Optional.of(type), MimeSniffer.binaryType(file));
  }

  @Test
  void shouldNameWhatTheJdkWrites() throws IOException {
    var gzip = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzip)) {
      out.write(random(500));
    }
    assertEquals(Optional.of("application/gzip"), MimeSniffer.binaryType(gzip.toByteArray()));
    try (InputStream in = getClass().getResourceAsStream("MimeSnifferTest.class")) {
      assertEquals(Optional.of("application/java-vm"), MimeSniffer.binaryType(in.readAllBytes()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "application/pdf, '%PDF-1.7\n'",
    "image/webp, RIFF\1\2\0\0WEBPVP8 ",
    "audio/wav, RIFF\1\2\0\0WAVEfmt ",
    "video/x-msvideo, 'RIFF\1\2\0\0AVI LIST'",
    "image/x-icon, '\0\0\1\0\2\0\20\20'",
    "image/avif, '\0\0\0\40ftypavif'",
    "image/heic, '\0\0\0\40ftypheic'",
    "video/mp4, '\0\0\0\40ftypisom'",
    "font/woff, 'wOFF\0\1\0\0'",
    "font/woff2, 'wOF2\0\1\0\0'",
    "font/ttf, '\0\1\0\0\0\14\0\200'",
    "font/otf, 'OTTO\0\14'",
    "audio/mpeg, 'ID3\3\0\0'",
    "audio/mpeg, '\u00ff\u00fb\u0090d'",
    "audio/flac, 'fLaC\0\0\0\42'",
    "application/ogg, 'OggS\0\2'",
    "video/webm, '\u001aE\u00df\u00a3'",
    "video/x-flv, 'FLV\1\5'",
    "application/x-elf, '\u007fELF\2\1\1'",
    "application/vnd.microsoft.portable-executable, 'MZ\u0090\0\3'",
    "application/wasm, '\0asm\1\0\0\0'",
    "application/x-shockwave-flash, 'CWS\t'",
    "application/zstd, '(\u00b5/\u00fd'",
    "application/x-bzip2, 'BZh91AY&SY'",
    "application/x-xz, '\u00fd7zXZ\0\0\4'",
    "application/x-7z-compressed, '7z\u00bc\u00af''\u001c'",
    "application/vnd.rar, 'Rar!\u001a\7\1\0'",
    "application/vnd.sqlite3, 'SQLite format 3\0'",
    "application/x-hdf5, '\u0089HDF\r\n\u001a\n'",
  })
  void shouldNameFormatsByTheirSignature(String type, String start) {
    assertEquals(Optional.of(type), MimeSniffer.binaryType(join(latin(start), random(3000))));
  }

  @ParameterizedTest
  @CsvSource({
    "application/pdf, '%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj'",
    "application/postscript, '%!PS-Adobe-3.0\n/Times findfont'",
    "application/rtf, '{\\rtf1\\ansi Some text.\\par}'",
  })
  void shouldNameDocumentsThatAreWrittenInAscii(String type, String document) {
    assertEquals(Optional.of(type), MimeSniffer.binaryType(latin(document)));
    assertEquals(
        Optional.of(type), MimeSniffer.binaryType(latin("\u00ef\u00bb\u00bf\n" + document)));
  }

  @Test
  void shouldNameUnknownBytesThatAreNoText() throws IOException {
    for (int length : new int[] {200, 2000, 100_000}) {
      byte[] bytes = random(length);
      bytes[0] = 'x';
      assertEquals(Optional.of(MimeSniffer.UNKNOWN), MimeSniffer.binaryType(bytes));
    }
    var deflated = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(deflated)) {
      out.write(latin("A page that was compressed, of which no header says so. ".repeat(3)));
      out.write(random(300));
    }
    assertEquals(Optional.of(MimeSniffer.UNKNOWN), MimeSniffer.binaryType(deflated.toByteArray()));
    byte[] page = join("<html>" + "text ".repeat(100), random(50_000));
    assertEquals(Optional.of(MimeSniffer.UNKNOWN), MimeSniffer.binaryType(page));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " \n",
        "GIF89a was the second version of the format.",
        "BM is short for British Museum.",
        "PAR1 and PAR2 files repair archives.",
        "ID3 tags hold the title.",
        "CWS, the compressed form",
        "MZ are the initials of Mark Zbikowski.",
        "x^2 + y^2",
        "<p>%PDF-1.4 begins every file</p>",
        "a\fb\tc\r\n\u001a",
        "\u001b[31mred\u001b[0m and \u001b[32mgreen\u001b[0m",
        "N\bNA\bAM\bME\bE",
        "one\u0001stray, \u0002two, \u0003three",
        "a\0\0\0\0\0\0\0\0\0",
      })
  void shouldLeaveTextAlone(String text) {
    assertEquals(Optional.empty(), MimeSniffer.binaryType(latin(text)));
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, Хорошая погода. Мы идём гулять в парк.",
    "UTF-16BE, Хорошая погода. Мы идём гулять в парк.",
    "UTF-16LE, 今天天气很好，我们到公园去散步吧。请大家都来。",
    "UTF-16BE, 今天天气很好，我们到公园去散步吧。请大家都来。",
    "UTF-32LE, 今天天气很好，我们到公园去散步吧。请大家都来。",
    "UTF-16LE, 오늘은 날씨가 좋으니 공원에서 산책합시다.",
    "ISO-2022-JP, 日本語の文章を読むことができます。",
    "ISO-2022-KR, 오늘은 날씨가 좋으니 공원에서 산책합시다.",
    "GB18030, 今天天气很好，我们到公园去散步吧。请大家都来。",
    "windows-31j, 今日は天気がいいので、公園を散歩しましょう。",
    "KOI8-R, Сегодня хорошая погода и мы идём гулять в парк.",
    "IBM866, Сегодня хорошая погода и мы идём гулять в парк.",
    "UTF-8, 今天天气很好，我们到公园去散步吧。请大家都来。",
  })
  void shouldLeaveTextInAnyCharsetAlone(String charset, String text) {
    byte[] body = (text + "\n").repeat(20).getBytes(Charset.forName(charset));

    assertEquals(Optional.empty(), MimeSniffer.binaryType(body));
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(String first, byte[] second) {
    return join(latin(first), second);
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }
}
