package dev.neostream.clean;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.clean.domain.DomainRule;
import dev.neostream.clean.rule.Profile;
import dev.neostream.clean.rule.ProfileOf;
import dev.neostream.clean.rule.Range;
import dev.neostream.clean.rule.Rule;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Rejection;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CleanerTest {

  private static final String ENGLISH =
      "The old harbour lies to the north of our town, and few people have walked there with"
          + " children since a storm took most houses. Boats still arrive every second morning,"
          + " bringing salt, bread, newspapers, wool, sometimes letters from islands beyond; nobody"
          + " remembers who first settled here, though carved stones near the chapel suggest that"
          + " fishermen did, long before any road crossed these hills. The harbour master keeps a"
          + " list of all the ships that have ever been seen, and he reads from it to the visitors.";

  private static final String CHINESE =
      "判断给定的文本是否为空白。空白的定义与统一码标准一致，包括全角空格以及旧版本没有识别的若干字符，"
          + "因此调用者不必再自行比较。如果需要原来的行为，请参阅软件包说明里的例子，并注意性能上的差别。";

  private final Cleaner cleaner = Cleaner.recommended();

  @Test
  void shouldCleanHtmlToItsLanguagesWebDomain() {
    Envelope raw = raw("text/html", "<nav><a href=x>Home</a></nav><p>" + ENGLISH + "</p>");

    Envelope clean = clean(raw);

    assertEquals(ENGLISH, clean.text());
    assertEquals("en.web", clean.domain);
    assertEquals("en", clean.language);
    assertTrue(clean.languageScore >= 0.4);
    assertEquals("id", clean.id);
    assertEquals("", raw.domain);
  }

  @Test
  void shouldIdentifyWithoutJudging() {
    Envelope page = raw("text/html", "<p>" + "\u8F6C\u6362\u4E3A\u5B57\u7B26\u4E32 ".repeat(40));

    assertInstanceOf(Cleaned.Rejected.class, cleaner.clean(page));
    Envelope found = assertInstanceOf(Cleaned.Clean.class, cleaner.identify(page)).document();
    Envelope extracted = assertInstanceOf(Cleaned.Clean.class, cleaner.extract(page)).document();

    assertEquals("zh", found.language);
    assertTrue(found.languageScore >= 0.4);
    assertEquals("zh.web", found.domain);
    assertEquals(extracted.text(), found.text());
    assertEquals("", extracted.domain);
    assertEquals(
        new Rejection("extract.media_type", "image/png", "HTML, plain text, Markdown, text/x-*"),
        assertInstanceOf(Cleaned.Rejected.class, cleaner.identify(raw("image/png", "")))
            .rejection());
  }

  @Test
  void shouldDecodeChineseInItsDeclaredCharset() {
    Envelope raw = raw("text/plain", "");
    raw.charset = "gb2312";
    raw.body = CHINESE.getBytes(Charset.forName("GB18030"));

    Envelope clean = clean(raw);

    assertEquals(CHINESE, clean.text());
    assertEquals("zh.web", clean.domain);
  }

  @Test
  void shouldPassSourceCodeThroughWithWhiteSpace() {
    String code = "class A {\r\n\tint add(int a) {\n\t\treturn a + 1;\n\t}\n}\n";

    Envelope clean = clean(raw("text/x-java-source", code));

    assertEquals(code.replace("\r\n", "\n"), clean.text());
    assertEquals("code", clean.domain);
    assertEquals("java", clean.language);
    assertEquals(1, clean.languageScore);
  }

  @Test
  void shouldKeepDomainThatTheInputNames() {
    Envelope raw = raw("text/markdown", "# Harbour\n\n" + ENGLISH);
    raw.domain = "books";

    assertEquals("books", clean(raw).domain);
  }

  /** The first rule that holds; of rejects too, as far as the language is known. */
  @Test
  void shouldPutDocumentsIntoDomainsByRules() {
    CleanConfig standard = CleanConfig.of(Profile.recommended());
    var ruled =
        new Cleaner(
            new CleanConfig(
                standard.profile(),
                "",
                standard.language(),
                "",
                "",
                List.of(),
                List.of(),
                "",
                0,
                List.of(
                    new DomainRule("zh.books", "", "", "zh", "subset", "book*"),
                    new DomainRule("books", "", "", "", "subset", "book*"),
                    new DomainRule("misc", "", "", "zh", "", "")),
                false));
    Envelope english = raw("text/plain", ENGLISH);
    Envelope chinese = raw("text/plain", CHINESE);

    assertEquals("en.web", domain(ruled.clean(english)));
    assertEquals("misc", domain(ruled.clean(chinese)));
    english.attributes = Map.of("subset", "books3");
    chinese.attributes = Map.of("subset", "books3");
    assertEquals("books", domain(ruled.clean(english)));
    assertEquals("zh.books", domain(ruled.clean(chinese)));
    english.domain = "own";
    assertEquals("books", domain(ruled.clean(english)), "rules go over what a record says");
    english.attributes = Map.of();
    assertEquals("own", domain(ruled.clean(english)));
    Envelope brief = raw("text/plain", "too short to be kept, but long enough to be text");
    brief.attributes = Map.of("subset", "books3");
    assertEquals(
        "books", assertInstanceOf(Cleaned.Rejected.class, ruled.copy().clean(brief)).domain());
    assertEquals(Set.of("subset"), ruled.fields());
  }

  private static String domain(Cleaned cleaned) {
    return assertInstanceOf(Cleaned.Clean.class, cleaned).document().domain;
  }

  @Test
  void shouldRejectWithReasonValueAndThreshold() {
    assertEquals("extract.empty", reject(raw("text/html", "<p> </p>")).reason());
    assertEquals("extract.media_type", reject(raw("application/pdf", "%PDF")).reason());
    assertEquals(
        "gopher.word_count", reject(raw("text/plain", ENGLISH.substring(0, 240))).reason());
    assertEquals(
        new Rejection("language.unsupported", "ja", "en, zh"),
        reject(raw("text/plain", "今日は天気がいいので、公園を散歩しましょう。明日も同じです。")));
    assertEquals(
        "language.score",
        reject(raw("text/plain", "Menu Home Contact Login Blog FAQ Berlin Paris Roma Madrid"))
            .reason());
    Envelope image = raw("text/html", "");
    image.body = new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13};
    assertEquals(new Rejection("extract.binary", "image/png", "text"), reject(image));
    Envelope large = raw("text/html", "");
    large.body = new byte[Cleaner.MAX_BYTES + 1];
    assertEquals(new Rejection("extract.size", "16777217", "<= 16777216"), reject(large));
    assertEquals(
        new Rejection("extract.size", "4194305", "<= 4194304"),
        reject(raw("text/plain", "a".repeat(Cleaner.MAX_TEXT_BYTES + 1))));
  }

  @Test
  void shouldJudgeAPageByItsTextHoweverMuchElseItHolds() {
    String image = "<img src='data:image/png;base64," + "A".repeat(5 << 20) + "'>";

    Envelope kept = clean(raw("text/html", "<p>" + ENGLISH + "</p>" + image));

    assertTrue(kept.text().length() < 2 * ENGLISH.length(), kept.text());
  }

  @Test
  void shouldRejectDocumentThatThrowsInside() {
    Rejection rejection = reject(raw(null, ENGLISH));

    assertEquals("clean.failed", rejection.reason());
    assertTrue(rejection.value().startsWith("java.lang.NullPointerException"), rejection.value());
  }

  @Test
  void shouldRejectDocumentThatOverflowsTheStackAndCleanTheNext() {
    int[] pages = {0};
    var rule = new Rule.Threshold("test.depth", page -> pages[0]++ == 0 ? depth(0) : 1, Range.ALL);
    var failing = new Cleaner(CleanConfig.of(Profile.recommended()), ProfileOf.rules("code", rule));
    Envelope raw = raw("text/x-python", "print('a sufficiently long program')");

    var rejected = assertInstanceOf(Cleaned.Rejected.class, failing.clean(raw));

    assertEquals("clean.failed", rejected.rejection().reason());
    assertEquals("java.lang.StackOverflowError", rejected.rejection().value());
    assertInstanceOf(Cleaned.Clean.class, failing.clean(raw));
  }

  private static double depth(int of) {
    return of < 0 ? 0 : 1 + depth(of + 1);
  }

  private static Cleaner failingWith(Error error) {
    var rule =
        new Rule.Threshold(
            "test.error",
            page -> {
              throw error;
            },
            Range.ALL);
    return new Cleaner(CleanConfig.of(Profile.recommended()), ProfileOf.rules("code", rule));
  }

  @Test
  void shouldRejectDocumentThatFillsTheMemory() {
    var failing = failingWith(new OutOfMemoryError("Java heap space"));

    var rejected =
        assertInstanceOf(
            Cleaned.Rejected.class,
            failing.clean(raw("text/x-python", "print('a sufficiently long program')")));

    assertEquals("clean.failed", rejected.rejection().reason());
    assertEquals("java.lang.OutOfMemoryError: Java heap space", rejected.rejection().value());
  }

  @Test
  void shouldNotSwallowErrorsOfTheProgram() {
    var error = new NoClassDefFoundError("from the rule");

    assertSame(
        error,
        assertThrows(
            NoClassDefFoundError.class,
            () ->
                failingWith(error)
                    .clean(raw("text/x-python", "print('a sufficiently long program')"))));
  }

  @Test
  void shouldNameAllPartsInItsVersion() {
    assertEquals("extract-5/lang-3/rules-recommended-4", cleaner.version());
  }

  @Test
  void shouldNeverFailOnRandomBytes() {
    var random = new Random(3);
    for (int round = 0; round < 300; round++) {
      byte[] bytes = new byte[random.nextInt(4000)];
      random.nextBytes(bytes);
      Envelope raw = raw(round % 2 == 0 ? "text/html" : "text/plain", "");
      raw.body = bytes;

      assertNotFailed(raw, "round " + round);
    }
  }

  @Test
  void shouldNeverFailOnAwkwardInputs() throws IOException {
    Path data = SharedData.folder("awkward-inputs");
    try (var files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String mediaType : new String[] {"text/html", "text/plain", "text/x-json"}) {
          Envelope raw = raw(mediaType, "");
          raw.body = Files.readAllBytes(file);

          assertNotFailed(raw, file.toString());
        }
      }
    }
    for (JsonNode string :
        new ObjectMapper().readTree(data.resolve("naughty-strings.json").toFile())) {
      assertNotFailed(raw("text/html", string.asText()), string.asText());
      assertNotFailed(raw("text/plain", string.asText().repeat(50)), string.asText());
    }
  }

  @Test
  void shouldKeepDocumentationInBothLanguages() throws IOException {
    Path data = SharedData.folder("docs-zh-en");
    var documentation = new Cleaner(CleanConfig.of(Profile.named("documentation")));
    var json = new ObjectMapper();
    for (String language : new String[] {"en", "zh"}) {
      int kept = 0;
      int all = 0;
      for (String line : SharedData.lines(data.resolve("react-docs." + language + ".jsonl.gz"))) {
        Cleaned result =
            documentation.clean(raw("text/markdown", json.readTree(line).get("text").asText()));
        all++;
        kept +=
            result instanceof Cleaned.Clean clean && clean.document().language.equals(language)
                ? 1
                : 0;
      }

      System.out.printf("React documentation, %s: %d of %d kept%n", language, kept, all);
      assertTrue(kept >= 0.6 * all, language + ": kept=" + kept + ", all=" + all);
    }
  }

  private void assertNotFailed(Envelope raw, String what) {
    if (cleaner.clean(raw) instanceof Cleaned.Rejected rejected) {
      assertTrue(
          !rejected.rejection().reason().equals("clean.failed"),
          () -> what + ": " + rejected.rejection());
    }
  }

  private Envelope clean(Envelope raw) {
    return assertInstanceOf(Cleaned.Clean.class, cleaner.clean(raw)).document();
  }

  private Rejection reject(Envelope raw) {
    return assertInstanceOf(Cleaned.Rejected.class, cleaner.clean(raw)).rejection();
  }

  private static Envelope raw(String mediaType, String text) {
    var raw = new Envelope();
    raw.id = "id";
    raw.mediaType = mediaType;
    raw.charset = "";
    raw.domain = "";
    raw.body = text.getBytes(StandardCharsets.UTF_8);
    return raw;
  }
}
