using System.Text.Json;
using Mcdm.Imaging;
using Mcdm.Sampling;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;
using Keys = OpenQA.Selenium.Keys;

namespace Mcdm.PowerShell.Tests.Commands;

/// <summary>The page that Export-McdmGallery writes: what it holds, and how it behaves in a browser.</summary>
[Collection(PowerShellEngine.Collection)]
public sealed class GalleryTests : TinyModelTests
{
    private const long LongSeed = 9007199254740993; // 2⁵³ + 1: not a JavaScript number
    private const string Fill = """
        $global:all = @(
            New-McdmCondition 'a red disc </script><script>alert(1)</script>' | Invoke-McdmSample -Model $tiny -Steps 2 -Count 2 -Seed 9007199254740993
            @(New-McdmCondition 'a blue disc'; New-McdmCondition -Sketch ./sketch.png -Weight 0.5) | Invoke-McdmSample -Model $tiny -Steps 2 -Count 3 -Seed 1 -Particles 2 -Temperature 0.02
        )
        $all + './face.png' | Export-McdmGallery ./gallery.html -Title 'Discs & <more>'
        """;

    private readonly string _page;

    public GalleryTests(PowerShellEngine engine) : base(engine)
    {
        _page = Path.Combine(Folder, "gallery.html");
        ImportTiny();
    }

    private ChromeDriver OpenPage()
    {
        Engine.Invoke(Fill).WithoutErrors();
        var browser = Browser.Open(1200, 900);
        browser.Navigate().GoToUrl(new Uri(_page).AbsoluteUri);
        return browser;
    }

    private static IReadOnlyList<string> Shown(ChromeDriver browser) =>
        browser.FindElements(By.CssSelector(".picture")).Where(button => button.Displayed).Select(button => button.Text).ToList();

    [Fact]
    public void It_is_one_file_with_pictures_grouped_by_what_they_were_made_from()
    {
        var file = Engine.Invoke(Fill).WithoutErrors().Only<FileInfo>();
        string html = File.ReadAllText(file.FullName);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("<h1>Discs &amp; &lt;more&gt;</h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);

        const string start = "<script id=\"data\" type=\"application/json\">";
        string json = html[(html.IndexOf(start, StringComparison.Ordinal) + start.Length)..];
        using var data = JsonDocument.Parse(json[..json.IndexOf("</script>", StringComparison.Ordinal)]);
        var groups = data.RootElement.GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal([2, 3, 1], groups.Select(group => group.GetProperty("pictures").GetArrayLength()));
        // What was measured of each picture's particles does not part them.
        Assert.Contains("2 steps, 2 particles", groups[1].GetProperty("settings").GetString(), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'; img-src data:;", html, StringComparison.Ordinal);
        Assert.Contains("base-uri 'none'; form-action 'none'", html, StringComparison.Ordinal);
        Assert.Equal([1, 2, 0], groups.Select(group => group.GetProperty("conditions").GetArrayLength()));
    }

    [Fact]
    public void It_is_not_replaced_without_force_and_not_written_for_nothing()
    {
        Assert.Equal(["OutputExists"], Engine.Invoke(Fill + "; './face.png' | Export-McdmGallery ./gallery.html").ErrorIds);
        Assert.Single(Engine.Invoke("'./face.png' | Export-McdmGallery ./gallery.html -Force").WithoutErrors().Output);
        Assert.Equal("gallery.html", Engine.Invoke("'./face.png' | Export-McdmGallery ./sub/folder").WithoutErrors().Only<FileInfo>().Name);
        Assert.Empty(Engine.Invoke("@() | Export-McdmGallery ./none.html").WithoutErrors().Output);
        Engine.Invoke("'./face.png' | Export-McdmGallery ./none.html -WhatIf").WithoutErrors();
        Assert.Equal(["OutputUnwritable"], Engine.Invoke("'./face.png' | Export-McdmGallery ./face.png/none.html").ErrorIds);
        Assert.False(File.Exists(Path.Combine(Folder, "none.html")));
    }

    [Fact]
    public void A_picture_with_a_text_of_another_program_is_one_without_a_recipe()
    {
        Engine.Invoke("""
            $text = [System.Collections.Generic.Dictionary[string, string]]::new()
            $text.mcdm = 'hello'
            [Mcdm.Imaging.Files.PngFile]::Write([Mcdm.Imaging.Files.PictureFile]::Read("$PWD/face.png"), "$PWD/foreign.png", $text)
            './foreign.png' | Export-McdmGallery ./gallery.html
            """).WithoutErrors();
        Assert.Contains("foreign", File.ReadAllText(_page), StringComparison.Ordinal);
        Assert.Contains("carries no recipe", Assert.Single(Engine.Invoke("Invoke-McdmSample -Recipe ./foreign.png -Model $tiny").Errors).ToString(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public void A_recipe_copied_from_the_page_makes_the_same_picture()
    {
        using var browser = OpenPage();
        browser.FindElements(By.CssSelector(".picture"))[1].Click();
        Assert.Contains($"seed {LongSeed + 1}", browser.FindElement(By.Id("facts")).Text, StringComparison.Ordinal);
        // What the button would put on the clipboard.
        browser.ExecuteScript("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };");
        browser.FindElement(By.Id("copy")).Click();
        Assert.Equal("Recipe copied.", browser.FindElement(By.Id("copied")).Text);
        string recipe = (string)browser.ExecuteScript("return window.copied;")!;
        browser.FindElement(By.Id("command")).Click();
        string command = (string)browser.ExecuteScript("return window.copied;")!;

        var images = Engine.Invoke("param($recipe) Invoke-McdmSample -Model $tiny -Recipe $recipe; $all[1]; " + command, ("recipe", recipe))
            .WithoutErrors().Output.Select(o => (McdmImage)o.BaseObject).ToArray();
        Assert.Equal(LongSeed + 1, images[0].Seed);
        Assert.Equal(images[1].Picture.Rgba, images[0].Picture.Rgba);
        Assert.Equal(images[1].Picture.Rgba, images[2].Picture.Rgba);
    }

    /// <summary>Sentences that would end a PowerShell string of one kind of quote or another and run what follows, or that hide something.</summary>
    private static readonly string[] s_hostile =
    [
        .. "'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e".Select(quote => $"a disc{quote}; Set-Content ./run 1; {quote}"),
        "a disc’s \u2018'\u201b’’ edge", "a disc\n'\r\nSet-Content ./run 1", "a disc $(Set-Content ./run 1) `' \"$(Set-Content ./run 1)\"",
        "a disc\u202e'; Set-Content ./run 1 #\u2028\u0085\u200b😀\u001b[2J\u007f",
    ];

    [BrowserFact]
    public void A_copied_command_is_one_command_whatever_a_recipe_holds()
    {
        Engine.Invoke("""
            param($sentences)
            $json = (Invoke-McdmSample -Text 'a red disc' -Model $tiny -Steps 2 -Seed 3).Recipe.ToJson()
            $face = [Mcdm.Imaging.Files.PictureFile]::Read("$PWD/face.png")
            $files = for ($i = 0; $i -lt $sentences.Count; $i++) {
                $recipe = $json | ConvertFrom-Json -AsHashtable
                $recipe.conditions[0].text = $recipe.conditions[0].source = $recipe.model = $sentences[$i]
                $text = [System.Collections.Generic.Dictionary[string, string]]::new()
                $text.mcdm = $recipe | ConvertTo-Json -Depth 20
                [Mcdm.Imaging.Files.PngFile]::Write($face, "$PWD/it’s-$i.png", $text)
                "./it’s-$i.png"
            }
            $files | Export-McdmGallery ./gallery.html
            """, ("sentences", s_hostile)).WithoutErrors();
        using var browser = Browser.Open(1200, 900);
        browser.Navigate().GoToUrl(new Uri(_page).AbsoluteUri);
        browser.ExecuteScript("navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };");
        var commands = Enumerable.Range(0, s_hostile.Length).Select(i =>
        {
            browser.FindElements(By.CssSelector(".picture"))[i].Click();
            browser.FindElement(By.Id("command")).Click();
            string command = (string)browser.ExecuteScript("return window.copied;")!;
            browser.FindElement(By.Id("close")).Click();
            return command;
        }).ToList();
        Assert.All(commands, command => Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]", command));

        // As they are pasted into the real shell, where a stand-in for the cmdlet shows what it is given.
        string script = Path.Combine(Folder, "paste.ps1");
        File.WriteAllText(script, """
            function Invoke-McdmSample {
                param($Recipe, [Parameter(ValueFromRemainingArguments)] $Rest)
                $read = $Recipe | ConvertFrom-Json
                ConvertTo-Json -Compress -EscapeHandling EscapeNonAscii @($read.conditions[0].text, $read.conditions[0].source, $read.model, "$Rest")
            }
            Set-Location -LiteralPath $PSScriptRoot

            """ + string.Join('\n', commands));
        (int exitCode, string output, string errors) = ShellProcess.Run("-File", script);
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(s_hostile, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string[]>(line)!).Select(read =>
        {
            Assert.Equal([read[0], read[0], ""], read[1..]);
            return read[0];
        }));
        Assert.False(File.Exists(Path.Combine(Folder, "run")));
    }

    [BrowserFact]
    public void Its_policy_lets_nothing_run_or_load_but_what_it_brings()
    {
        using var browser = OpenPage();
        Assert.Equal("refused", browser.ExecuteAsyncScript("""
            const done = arguments[0], script = document.createElement('script'), image = new Image();
            script.textContent = 'window.ran = true';
            document.body.append(script);
            document.body.insertAdjacentHTML('beforeend', '<p onclick="window.ran = true" style="color: rgb(1, 2, 3)">x</p>');
            document.body.lastChild.click();
            const styled = getComputedStyle(document.body.lastChild).color === 'rgb(1, 2, 3)';
            image.onload = () => done('loaded');
            image.onerror = () => done(window.ran ? 'ran' : styled ? 'styled' : 'refused');
            image.src = 'face.png';
            """));
    }

    [BrowserFact]
    public void Words_and_kinds_filter_and_the_counts_say_so()
    {
        using var browser = OpenPage();
        Assert.Equal(6, Shown(browser).Count);
        var search = browser.FindElement(By.Id("search"));
        search.SendKeys("blue disc");
        Assert.Equal(["seed 1", "seed 2", "seed 3"], Shown(browser));
        Assert.Equal("3 of 6 pictures", browser.FindElement(By.Id("summary")).Text);
        search.SendKeys(" red");
        Assert.True(browser.FindElement(By.Id("none")).Displayed);
        search.SendKeys(Keys.Escape);
        browser.FindElement(By.CssSelector("[data-kind=text]")).Click();
        Assert.Equal(5, Shown(browser).Count);
        browser.FindElement(By.CssSelector("[data-kind=sketch]")).Click();
        Assert.Equal(3, Shown(browser).Count);
    }

    [BrowserFact]
    public void The_keyboard_alone_is_enough()
    {
        using var browser = OpenPage();
        IWebElement Active() => browser.SwitchTo().ActiveElement();
        Active().SendKeys("/");
        Assert.Equal("search", Active().GetAttribute("id"));
        Active().SendKeys("blue" + Keys.Tab);
        browser.FindElement(By.TagName("body")).SendKeys(Keys.ArrowRight);
        Assert.Equal("seed 1", Active().Text);
        Active().SendKeys(Keys.ArrowRight);
        Active().SendKeys(Keys.Enter);
        Assert.True(browser.FindElement(By.Id("viewer")).Displayed);
        Active().SendKeys(Keys.ArrowRight);
        Assert.Contains("seed 3", browser.FindElement(By.Id("facts")).Text, StringComparison.Ordinal);
        Active().SendKeys(Keys.ArrowRight);
        Assert.Contains("seed 1", browser.FindElement(By.Id("facts")).Text, StringComparison.Ordinal);
        Active().SendKeys(Keys.Escape);
        Assert.False(browser.FindElement(By.Id("viewer")).Displayed);
        Assert.Equal("seed 1", Active().Text);
    }

    [BrowserFact]
    public void It_fits_a_phone_and_has_a_light_and_a_dark_face()
    {
        using var browser = OpenPage();
        browser.ExecuteCdpCommand("Emulation.setDeviceMetricsOverride", new Dictionary<string, object?> { ["width"] = 360, ["height"] = 740, ["deviceScaleFactor"] = 2, ["mobile"] = true });
        Assert.Equal(true, browser.ExecuteScript("return document.documentElement.scrollWidth <= innerWidth;"));
        Assert.All(browser.FindElements(By.CssSelector("button, input")).Where(control => control.Displayed), control => Assert.True(control.Size.Height >= 44, control.Text));
        string Back() => browser.FindElement(By.TagName("body")).GetCssValue("background-color");
        string first = Back();
        browser.FindElement(By.Id("theme")).Click();
        string second = Back();
        Assert.NotEqual(first, second);
        browser.FindElement(By.Id("theme")).Click();
        Assert.Equal(first, Back());
        Assert.DoesNotContain(browser.Manage().Logs.GetLog(LogType.Browser), entry => entry.Level == OpenQA.Selenium.LogLevel.Severe);
    }
}
