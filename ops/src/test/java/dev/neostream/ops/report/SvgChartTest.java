package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SvgChartTest {

  private static final double NONE = Double.NaN;

  private static Document parsed(SvgChart chart) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document svg, String tag) {
    NodeList nodes = svg.getElementsByTagName(tag);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  private static SvgChart.Series line(String name, double... y) {
    double[] x = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      x[i] = i;
    }
    return new SvgChart.Series(name, x, y, false, false);
  }

  @Test
  void shouldPutPointsWhereTheirTicksAre() throws Exception {
    Document svg = parsed(new SvgChart("t", "x", "y").add(line("a", 0, 10, 5)));

    // The plot is 650 wide from 60 on, and reaches from 40 down to 314.
    assertEquals(
        "60.0,314.0 385.0,40.0 710.0,177.0",
        elements(svg, "polyline").get(0).getAttribute("points"));
    assertTrue(
        elements(svg, "text").stream()
            .anyMatch(
                text ->
                    text.getTextContent().equals("10") && text.getAttribute("y").equals("44.0")));
  }

  @Test
  void shouldBreakALineWhereThereIsNoNumber() throws Exception {
    Document svg =
        parsed(
            new SvgChart("t", "x", "y").add(line("a", 1, 2, NONE, 3, Double.POSITIVE_INFINITY, 4)));

    assertEquals(3, elements(svg, "polyline").size());
    assertFalse(svg.getDocumentElement().getTextContent().contains("NaN"));
  }

  @Test
  void shouldDrawALineOfOneValueAndNone() throws Exception {
    Document flat = parsed(new SvgChart("t", "x", "y").add(line("a", 2.5, 2.5)));
    String points = elements(flat, "polyline").get(0).getAttribute("points");
    assertEquals("60.0,177.0 710.0,177.0", points);

    Document empty = parsed(new SvgChart("t", "x", "y").add(line("a", NONE)));
    assertEquals(List.of(), elements(empty, "polyline"));
  }

  @Test
  void shouldMarkWhatHappened() throws Exception {
    Document svg =
        parsed(
            new SvgChart("t", "x", "y")
                .add(line("a", 0, 1, 2))
                .add(new SvgChart.Mark("plan <2>", 1))
                .add(new SvgChart.Mark("later", 99)));

    Element mark =
        elements(svg, "line").stream()
            .filter(line -> line.getAttribute("class").equals("mark"))
            .reduce((one, other) -> null)
            .orElseThrow();
    assertEquals("385.0", mark.getAttribute("x1"));
    assertEquals("385.0", mark.getAttribute("x2"));
    assertTrue(
        elements(svg, "text").stream().anyMatch(text -> text.getTextContent().equals("plan <2>")));
  }

  @Test
  void shouldGiveOneNameOneColourAndOneKey() throws Exception {
    Document svg =
        parsed(
            new SvgChart("t", "x", "y")
                .add(line("a", 0, 1))
                .add(line("b", 1, 2))
                .add(
                    new SvgChart.Series(
                        "a", new double[] {0, 1}, new double[] {1, 1}, true, false)));

    List<Element> lines = elements(svg, "polyline");
    assertEquals(lines.get(0).getAttribute("class"), lines.get(2).getAttribute("class"));
    assertEquals("5 4", lines.get(2).getAttribute("stroke-dasharray"));
    assertEquals(
        1,
        elements(svg, "text").stream().filter(text -> text.getTextContent().equals("a")).count());
  }

  @Test
  void shouldHaveEveryColourInTheDarkToo() {
    String svg = new SvgChart("t", "x", "y").add(line("a", 0, 1)).svg();

    String style = svg.substring(svg.indexOf("<style>") + 7, svg.indexOf("</style>"));
    int dark = style.indexOf("@media (prefers-color-scheme:dark){");
    Pattern rule = Pattern.compile("\\.([a-z]\\w*)\\{(?:fill|stroke|color):#");
    List<String> light =
        rule.matcher(style.substring(0, dark)).results().map(SvgChartTest::name).toList();
    assertEquals(
        light, rule.matcher(style.substring(dark)).results().map(SvgChartTest::name).toList());
    assertTrue(light.size() > 10, light.toString());
    // No colour but by such a rule.
    assertFalse(svg.replace(style, "").contains("#"), svg);
  }

  private static String name(MatchResult rule) {
    return rule.group(1);
  }
}
