package dev.wakebox.local.computer;

import java.net.http.HttpClient;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * HTTP clients for addresses of this computer. They ignore the user's proxy: settings such as {@code HTTP_PROXY} are
 * for the internet, and a proxy elsewhere can't reach 127.0.0.1 here.
 */
public final class LoopbackHttp {
    private LoopbackHttp() {}

    /** A client for the AWS SDK, which closes it together with its own client. */
    public static SdkHttpClient sdk() {
        return UrlConnectionHttpClient.builder()
                .proxyConfiguration(ProxyConfiguration.builder()
                        .useEnvironmentVariablesValues(false)
                        .useSystemPropertyValues(false)
                        .build())
                .build();
    }

    /** A client for HTTP without AWS. */
    public static HttpClient.Builder plain() {
        return HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY);
    }
}
