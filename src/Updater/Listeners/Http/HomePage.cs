using System.Net;
using Updater.Hosting;
using Updater.Telemetry;

namespace Updater.Listeners.Http;

/// <summary>A plain page without scripts: what serves, how old it is, where to look next.</summary>
internal sealed class HomePage(ServiceView view)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => Results.Content(Render(view.Status()), "text/html; charset=utf-8"));

    private static string Render(StatusAnswer status)
    {
        var packages = string.Concat(status.Version.Packages.Select(p =>
            $"<tr><td>{Text(p.Name)}</td><td>{Text(p.Version)}</td><td>{p.Signatures}</td><td>{Text(p.Source)}</td></tr>\n"));
        return $"""
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Updater</title>
            <meta http-equiv="refresh" content="30">
            <style>body{"{"}font:16px system-ui;margin:3em auto;max-width:50em{"}"} td,th{"{"}text-align:left;padding:.2em 1em .2em 0{"}"}</style>
            <h1>{Text(status.Version.State)}</h1>
            <p>Definitions <b>{Text(status.Version.DefinitionsVersion ?? "none")}</b>, generation {Text(status.Version.Generation ?? "none")},
            {status.Version.Signatures} signatures, published {Text(IsoTimes.Text(status.Version.Published))}.</p>
            <table><tr><th>Package<th>Version<th>Signatures<th>Source</tr>
            {packages}</table>
            <p>Last attempt {Text(IsoTimes.Text(status.LastAttempt))}, last success {Text(IsoTimes.Text(status.LastSuccess))},
            next {Text(status.NextRun is { } next ? IsoTimes.Text(next) : "by hand")}. {Text(status.LastFailureMessage ?? "")}</p>
            <p><a href="/v1/status">status</a> · <a href="/v1/generations">generations</a> · <a href="/v1/runs">runs</a> ·
            <a href="/v1/engines">engines</a> · <a href="/metrics">metrics</a> · <a href="/healthz/ready">ready</a></p>
            </html>
            """;
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
