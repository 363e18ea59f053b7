package dev.neostream.clean.html;

import java.util.Locale;
import java.util.Set;
import org.jsoup.nodes.Element;

/** Tells the parts of a page that never belong to its main text. */
final class PageFurniture {

  private static final Set<String> TAGS =
      Set.of(
          ("applet aside audio button canvas datalist dialog embed footer frameset head "
                  + "header iframe input map menu nav noscript object script select style svg "
                  + "template textarea title video")
              .split(" "));

  /** Whole words of class and id attributes. */
  private static final Set<String> NAMES =
      Set.of(
          ("ad ads advert advertisement advertising banner breadcrumb breadcrumbs byline "
                  + "comment comments consent cookie cookies copyright disclaimer disqus footer "
                  + "login masthead menu modal nav navbar navigation newsletter outbrain overlay "
                  + "pager pagination popup promo promotion recommendations recommended related "
                  + "replies share sharing sidebar signup social sponsor sponsored subscribe "
                  + "subscription taboola tags toolbar widget")
              .split(" "));

  /** Elements that carry the names of what surrounds them. */
  private static final Set<String> NEVER_NAMED = Set.of("html", "body", "main", "article");

  private final boolean byName;

  /**
   * @param byName whether class and id names count
   */
  PageFurniture(boolean byName) {
    this.byName = byName;
  }

  boolean contains(Element element) {
    String tag = element.normalName();
    if (TAGS.contains(tag) || hidden(element)) {
      return true;
    }
    return byName
        && !NEVER_NAMED.contains(tag)
        && (named(element.className()) || named(element.id()));
  }

  private static boolean hidden(Element element) {
    if (element.hasAttr("hidden")) {
      return true;
    }
    String style = element.attr("style");
    return !style.isEmpty()
        && style.toLowerCase(Locale.ROOT).replace(" ", "").contains("display:none");
  }

  /** Words end at anything but a letter and at a change from lower to upper case. */
  private static boolean named(String names) {
    int start = 0;
    for (int i = 0; i <= names.length(); i++) {
      boolean end =
          i == names.length()
              || !Character.isLetter(names.charAt(i))
              || i > start
                  && Character.isUpperCase(names.charAt(i))
                  && Character.isLowerCase(names.charAt(i - 1));
      if (end) {
        if (i > start && NAMES.contains(names.substring(start, i).toLowerCase(Locale.ROOT))) {
          return true;
        }
        start = i < names.length() && Character.isLetter(names.charAt(i)) ? i : i + 1;
      }
    }
    return false;
  }
}
