using Mcdm.Modalities.Text;
using Xunit;

namespace Mcdm.Core.Tests.Modalities;

public sealed class SubwordTokenizerTests
{
    private static readonly string[] Captions =
    [
        "This person has black hair and is smiling.", "This person has blond hair and is sad.", "A smiling person with black glasses!", "Black hair, black hat, black glasses.",
    ];

    private static readonly IReadOnlyList<string> Vocabulary = SubwordTokenizer.LearnVocabulary(Captions, 200);
    private static readonly SubwordTokenizer Tokenizer = new(Vocabulary);

    private static string[] Pieces(string text, int maxTokens = 200, SubwordTokenizer? tokenizer = null) =>
        (tokenizer ?? Tokenizer).Encode(text, maxTokens).Tokens.Select(token => (tokenizer ?? Tokenizer).Vocabulary[token]).ToArray();

    /// <summary>The words that the pieces between start and end spell.</summary>
    private static string Spell(IEnumerable<string> pieces) => string.Join(' ', pieces.SkipWhile(p => p == "[CLS]").TakeWhile(p => p != "[SEP]")).Replace(" ##", "", StringComparison.Ordinal);

    [Fact]
    public void Frequent_words_become_one_piece_each() =>
        Assert.Equal(["[CLS]", "black", "hair", ".", "[SEP]"], Pieces("black hair."));

    [Theory]
    [InlineData("persn", "person")]
    [InlineData("hiar", "hair")]
    [InlineData("blakc", "black")]
    [InlineData("ahs", "has")]
    [InlineData("glases", "glasses")]
    [InlineData("xylophone", null)]
    [InlineData("zx", null)]
    [InlineData("7", null)]
    public void The_nearest_word_is_what_a_slip_of_the_pen_meant(string word, string? nearest) => Assert.Equal(nearest, Tokenizer.NearestTo(word));

    [Fact]
    public void Upper_and_lower_case_are_the_same()
    {
        Assert.Equal(Tokenizer.Encode("this person has black hair", 50).Tokens, Tokenizer.Encode("This PERSON has Black haiR", 50).Tokens);
    }

    [Theory]
    [InlineData("zebra quokka jinx")]
    [InlineData("0123456789 x2y3z4")]
    [InlineData("unblackened")]
    [InlineData("! \" # $ % & ' ( ) * + , - . / : ; < = > ? @ [ \\ ] ^ _ ` { | } ~")]
    public void Unseen_words_are_spelt_from_pieces(string text)
    {
        var pieces = Pieces(text);
        Assert.DoesNotContain("[UNK]", pieces);
        Assert.Equal(text, Spell(pieces));
    }

    [Fact]
    public void A_word_of_a_hundred_letters_is_spelt()
    {
        string text = new('q', 100);
        var pieces = Pieces(text, 1000);
        Assert.DoesNotContain("[UNK]", pieces);
        Assert.Equal(text, Spell(pieces));
    }

    [Fact]
    public void A_character_of_no_piece_is_unknown_and_its_neighbours_are_not()
    {
        var pieces = Pieces("black ☃ hair");
        Assert.Equal(["[CLS]", "black", "[UNK]", "hair", "[SEP]"], pieces);
    }

    [Fact]
    public void A_text_that_fits_is_not_cut()
    {
        var (tokens, cutAt) = Tokenizer.Encode("black hair and black glasses", 7);
        Assert.Equal(7, tokens.Count);
        Assert.Null(cutAt);
    }

    [Theory]
    [InlineData("black hair and black glasses", 6, "black hair and black")]
    [InlineData("  Black   hair , and black glasses", 4, "  Black   hair")]
    [InlineData("black hair and black glasses", 3, "black")]
    public void A_longer_text_is_cut_where_it_says(string text, int maxTokens, string kept)
    {
        var (tokens, cutAt) = Tokenizer.Encode(text, maxTokens);
        Assert.Equal(maxTokens, tokens.Count);
        Assert.Equal(kept, text[..cutAt!.Value]);
        Assert.Equal("[SEP]", Vocabulary[tokens[^1]]);
        Assert.Equal(Tokenizer.Encode(kept, 50).Tokens, tokens);
    }

    [Fact]
    public void What_a_user_writes_in_brackets_is_text()
    {
        var pieces = Pieces("black [SEP] hair [PAD] [CLS]");
        Assert.Equal("black [ sep ] hair [ pad ] [ cls ]", Spell(pieces));
        Assert.DoesNotContain(0, Tokenizer.Encode("[PAD]", 50).Tokens);
    }

    [Fact]
    public void A_vocabulary_depends_on_the_texts_alone()
    {
        Assert.Equal(Vocabulary, SubwordTokenizer.LearnVocabulary(Captions, 200));
        Assert.Equal(Vocabulary, SubwordTokenizer.LearnVocabulary(Captions.Reverse(), 200));
        Assert.Equal(Vocabulary.Count, Vocabulary.Distinct().Count());
        Assert.Equal("[PAD]", Vocabulary[0]);
    }

    [Fact]
    public void A_vocabulary_joins_the_most_frequent_pair_first_and_stops_at_its_size()
    {
        // "aab" three times: a + ##a (3) ties with ##a + ##b (3), and sorts after it; "c" alone joins nothing.
        var alphabet = SubwordTokenizer.LearnVocabulary([], 0);
        var learnt = SubwordTokenizer.LearnVocabulary(["aab aab aab c"], alphabet.Count + 1);
        Assert.Equal(alphabet.Count + 1, learnt.Count);
        Assert.Equal("##ab", learnt[^1]);
        Assert.Equal(["##ab", "aab"], SubwordTokenizer.LearnVocabulary(["aab aab aab c"], 1000).Skip(alphabet.Count));
    }

    [Theory]
    [InlineData("ein müdes Gesicht, naïve Brauen")]
    [InlineData("a smile 😀 and 😎 glasses")]
    [InlineData("黒い髪 черные волосы")]
    public void Captions_in_any_script_make_a_vocabulary_that_reads_them(string caption)
    {
        var tokenizer = new SubwordTokenizer(SubwordTokenizer.LearnVocabulary([caption, caption], 400));
        Assert.DoesNotContain("[UNK]", Pieces(caption, tokenizer: tokenizer));
        Assert.DoesNotContain("\uFFFD", string.Concat(tokenizer.Vocabulary), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[UNK] [PAD] [CLS] [SEP] [MASK]")]
    [InlineData("[PAD] [UNK] [CLS] [SEP] a")]
    public void A_vocabulary_without_its_special_tokens_is_refused(string pieces) =>
        Assert.Equal("VocabularyInvalid", Assert.Throws<McdmException>(() => new SubwordTokenizer(pieces.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Id);

    [Fact]
    public void A_vocabulary_with_a_piece_twice_is_refused() =>
        Assert.Equal("VocabularyInvalid", Assert.Throws<McdmException>(() => new SubwordTokenizer([.. Vocabulary, "black"])).Id);
}
