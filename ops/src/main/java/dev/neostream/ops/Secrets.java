package dev.neostream.ops;

import java.security.SecureRandom;
import java.util.Base64;

/** Passwords that nobody chooses. */
public final class Secrets {

  private static final int BYTES = 24;

  private Secrets() {}

  /** Returns 192 random bits as letters, digits, {@code -} and {@code _}. */
  public static String random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
