package dev.neostream.clean.pii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.pii.PiiMasker.Masked;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PiiMaskerTest {

  private final PiiMasker masker = new PiiMasker();

  /** What is to be masked stands between « and ». */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Write to «jane.doe@mail.example.org» today.",
        "«alice@example.com», «bob+tag@sub.example.co.uk»; <«c_d%e@x-y.io»>",
        "联系邮箱«abc123@qq.com»,或者«13812345678@163.com»。",
        "End of sentence «me@host.org».",
        "mailto:«me@host.org»?subject=x",
        "-«x@y.de»-",
        "mail «o@host.org» or phone «+1 212 555 0123»",
      })
  void masksEmails(String marked) {
    assertMasked(marked, PiiMasker.EMAIL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h = query@key.transpose(1, 2)",
        "y = x@W.T + b; z = (x@w.mT).sum()",
        "out = (softmax@value.reshape(n, -1)).mean()",
        "g = a@b.to(device) + c@d.cat([e, f]) - p@q.dot(r) + s@t.call()",
        "r = x@model.to.half().view(3)",
        "n = u@v.shape[0] * u@v.size",
        "cells@meta.data$cluster and cells@meta.data[\"cluster\"]",
        "@app.route('/users')",
        "@pytest.mark.parametrize and @org.junit.Test and @angular/core@17.io.js",
        "someone@printer.local and root@db.internal and test@host.invalid",
        "logo@2x.webp, theme@dark.css, archive@old.tar.gz, a@b.com.png",
      })
  void leavesCodeAndNamesOutsideTheInternet(String text) {
    assertUntouched(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# Author: «mary.major@example.edu» (maintainer)",
        "x = a@b.sum()  # ask «john@lab.example.ac.uk»",
        "/** @author «j.stiles@firm.co.jp» */",
        "«SALES@EXAMPLE.COM», «Li.Wei@Example.Com.Cn», «hi@studio.photography»",
        "«ivan@xn--e1afmkfd.xn--p1ai» writes",
        "«anna@web.de»[1] and «info@museum.museum».",
        "«ops@example.org»(office hours) or 邮箱«hr@gongsi.cn»(人事)",
        "«me@host.org».Then it ends.",
      })
  void masksAddressesOfEveryTopLevelDomain(String marked) {
    assertMasked(marked, PiiMasker.EMAIL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@handle said hi",
        "a @ b",
        "icon@2x.png and lodash@4.17.21 and react@next",
        "git clone git@github.com:user/repo.git",
        "https://medium.com/@user.name/post",
        "@Override public void f() {}",
        "x@y",
        "x@y.1",
        "x@.com",
        ".@host.org",
        "user@localhost",
        "import { a } from '@scope/pkg.js'",
      })
  void leavesWhatIsNoEmail(String text) {
    assertUntouched(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from «8.8.8.8» port 53",
        "http://«203.0.112.9»:8080/x and «93.184.216.34»/24",
        "«93.184.216.34»-«93.184.216.40»",
        "地址«114.114.114.114»。",
        "ip=«93.184.216.34».",
        "[«2a00:1450:4001:81b::200e»]:443",
        "«2606:2800:220:1:248:1893:25c8:1946», then",
        "route «2a02:6b8::» ok",
        "::ffff:«93.184.216.34»",
      })
  void masksPublicAddresses(String marked) {
    assertMasked(marked, PiiMasker.IP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1, 10.1.2.3, 192.168.1.1, 172.16.0.1, 169.254.1.1, 0.0.0.0, 255.255.255.0",
        "documentation 192.0.2.1, 198.51.100.7 and 203.0.113.5, carrier 100.64.1.1",
        "version 1.2.3.4 and Version: 12.34.56.78 and v1.2.3.4",
        "版本 1.2.3.4,版本号:12.34.56.78",
        "Chrome/97.0.69.71 Safari",
        "1.2.3.4 Introduction",
        "Section 1.2.3.4 says",
        "1.2.3.4.5 and 1.2.3 and 1.2.3.456 and 01.2.3.4",
        "lib-1.2.3.4-beta and 11.22.33.44-SNAPSHOT and lib-11.22.33.44.jar",
        "std::vector<int>, dead::beef, 2001:db8::1, fe80::1, ::1",
        "time 20:30:45 and MAC 20:1a:2b:3c:4d:5e",
        "2001:0:1 and 2001::12345 and 2a00::1::2:x",
      })
  void leavesWhatIsNoPublicAddress(String text) {
    assertUntouched(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tomcat 9.0.31.2 was replaced by PostgreSQL 14.9.0.1.",
        "Photoshop 25.4.1.102 and macOS 13.6.7.1 are needed",
        "SQL Server 15.0.4.249 and IBM HTTP Server 9.0.5.17",
        "Firefox (102.3.0.44) does it",
        "openssl 1.1.1.11 is old, so is chromedriver 2.4.6.8",
        "Upgrade from 11.2.0.3 to 11.2.0.4 first",
        "patched in 7.4.3.21, 7.4.3.22 and 7.4.3.23",
        "pip install tool==3.2.10.4 other>=2.0.0.1",
        "<version>4.1.5.9</version>",
        "{\"version\": \"93.184.216.34\"}",
        "org.example:library:5.6.7.8",
        "see § 3.2.1.4 and Table 4.3.2.1",
        "Abschnitt 2.3.4.12 und Lemma 6.1.2.3",
        "OID 1.3.6.1 of the internet",
        "微信 8.0.16.24 发布,安卓9.0.1.2可用",
        "升级到 5.7.30.1",
        "12.3.4.10 Installing the server",
      })
  void leavesVersionsAndSections(String text) {
    assertUntouched(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The server at «5.9.12.13» answered",
        "«5.9.12.13» - - [10/Oct/2000:13:55:36] \"GET / HTTP/1.0\" 200",
        "sshd[1]: Failed password for root from «5.9.12.13» port 22 ssh2",
        "nginx: upstream Backend «24.5.6.7»:443 timed out",
        "Try http://«24.5.6.7»/path and Mirror «24.5.6.7»/24",
        "Client «24.5.6.7» and Server «24.5.6.7» and Host «24.5.6.7»",
        "Google DNS «8.8.8.8», nameserver «1.1.1.1»",
        "Visitor «12.7.3.9» and The «24.5.6.7» of it",
        "Frankfurt «93.184.216.34» and Ashburn «208.67.222.222»",
        "ping «9.9.9.9» works, use «8.8.8.8» as resolver",
        "服务器 «5.9.12.13» 无法访问",
        "user@«24.5.6.7», [«24.5.6.7»]",
        "12.3.4.5 Heading\n«12.3.4.5» GET /index.html",
      })
  void masksAddressesThatLookLikeVersions(String marked) {
    assertMasked(marked, PiiMasker.IP);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "电话«13812345678»联系",
        "手机:«138 1234 5678»,«139-1234-5678»",
        "«+86 138 1234 5678» «+8613812345678» «0086-13812345678» «86 13812345678»",
        "«010-12345678»、«0755-1234567»、«(010)12345678»、«(0571) 87654321»",
        "«13812345678»/«13912345678»",
        "Call «(212) 555-0123» or «212-555-0123» or «212.555.0123».",
        "toll-free «1-800-555-0199» today",
        "«+1 (212) 555-0123», «+1-212-555-0123»; «+12125550123»",
        "London «+44 20 7946 0958», Berlin «+49 30 123456», «+33 1 23 45 67 89»",
        "tel:«+442079460958»",
        "«+44 (0)20 7946 0958»",
        "call «+1 212 555 0123» 24 hours",
        "«212-555-0123»x45",
      })
  void masksPhones(String marked) {
    assertMasked(marked, PiiMasker.PHONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ISBN 978-3-16-148410-0, 0-306-40615-2, 9787111213826, ISSN 2049-3630",
        "timestamps 1712345678, 1712345678901, 2024-05-12 10:20:30, 20240512102030",
        "sha d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "price $13812345678 or ¥13812345678 or €13812345678 or 1,381,234,567",
        "card 6222021234567890123, 4111 1111 1111 1111",
        "0.13812345678 and 13812345678.5 and 138123456789 and x13812345678",
        "https://host.org/13812345678.html?id=13812345678&n=212-555-0123",
        "range 100-200-3000, 123-456-7890, 212-155-0123",
        "+100 points, +5%, 1+13812345678, +12345678",
        "QQ 1234567890, 2125550123, 555-0123",
        "part 212-555-0123-99 or 212-555-01234 or A212-555-0123",
        "身份证 110101199003071234",
        "(2024) 123-4567 and (1) 2 and f(212)",
        "pi 3.14159265358979, 1e10, 0x13812345678",
      })
  void leavesWhatIsNoPhone(String text) {
    assertUntouched(text);
  }

  @Test
  void countsEachKind() {
    Masked masked =
        masker.mask(
            utf8("a@b.org c@d.org from 8.8.8.8, 13812345678, 212-555-0123 and 13912345678"));
    assertEquals(2, masked.emails());
    assertEquals(1, masked.addresses());
    assertEquals(3, masked.phones());
  }

  @Test
  void cleanTextIsReturnedItself() {
    byte[] text = utf8("Nothing to see here: 1, 2, 3.");
    assertSame(text, masker.mask(text).text());
  }

  @Test
  void anyTextKeepsWhatIsNotCounted() {
    var random = new Random(5);
    String alphabet = "0123456789012345678912+-.@() :/abx中ef\n";
    int found = 0;
    for (int i = 0; i < 50_000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(60); j > 0; j--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Masked masked = masker.mask(utf8(text.toString()));
      // The pieces between placeholders stand in the text, in this order.
      String[] pieces = string(masked.text()).split("\\|\\|\\|[A-Z_]+\\|\\|\\|", -1);
      assertEquals(1 + masked.emails() + masked.addresses() + masked.phones(), pieces.length);
      int at = 0;
      for (String piece : pieces) {
        at = text.indexOf(piece, at) + piece.length();
        assertTrue(at >= piece.length(), text.toString());
      }
      found += pieces.length - 1;
    }
    assertTrue(found > 50, "the test needs hits: found=" + found);
  }

  @Test
  void hostileTextTakesNoLonger() {
    for (String unit : new String[] {"a@", "1.", "+1 ", "(1", "2a00:", "@", "1", "a", "1-"}) {
      byte[] text = utf8(unit.repeat(4_000_000 / unit.length()));
      assertSame(text, masker.mask(text).text(), unit);
    }
  }

  private void assertMasked(String marked, String placeholder) {
    String text = marked.replace("«", "").replace("»", "");
    String expected = marked.replaceAll("«[^»@]*@[^»]*»", PiiMasker.EMAIL.replace("|", "\\|"));
    expected =
        expected.replaceAll(
            "«[^»]*»", placeholder.equals(PiiMasker.EMAIL) ? PiiMasker.PHONE : placeholder);
    assertEquals(expected, string(masker.mask(utf8(text)).text()));
  }

  private void assertUntouched(String text) {
    assertEquals(text, string(masker.mask(utf8(text)).text()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String string(byte[] text) {
    return new String(text, StandardCharsets.UTF_8);
  }
}
