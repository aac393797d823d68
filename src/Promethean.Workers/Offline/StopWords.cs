using System.Collections.Frozen;

namespace Promethean.Workers;

/// <summary>Words that say nothing about a page.</summary>
internal static class StopWords
{
    // English, then the commonest function words of its neighbours that are no English words.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Grammar = Set(
        "a about above across after again against all almost along already also although always am among an and another any anyone anything are "
        + "around as at away be became because become been before behind being below between both but by came can cannot come could did do does "
        + "doing done down during each either else enough especially etc even ever every everyone everything few for from further gave get gets "
        + "getting give given gives go goes going gone got had has have having he hence her here hers herself him himself his how however i if "
        + "in indeed instead into is it its itself just keep kept know known last least less let like likely made make makes making many may "
        + "maybe me might mine more most mostly much must my myself near nearly need needs neither never no nobody none nor not nothing now of "
        + "off often on once one ones only onto or other others otherwise our ours ourselves out over own per perhaps please put quite rather "
        + "really said same saw say says second see seem seems seen several shall she should since so some someone something sometimes soon "
        + "still such take taken than that the their them themselves then there thereby therefore these they thing things third this those "
        + "though three through throughout thus to together too took toward towards two under unless until up upon us use used uses using "
        + "usually very via want was way we well went were what whatever when where whereas whether which while who whole whom whose why will "
        + "with within without would yes yet you your yours yourself first four five new old able different following possible simply "
        + "aber als auch auf aus bei beim dass dem den der des diese dieser durch ein eine einem einen einer eines für ist kann mehr nach nicht "
        + "noch nur oder sich sie sind über und vom von vor werden wie wird zum zur "
        + "au aux avec ce ces cette comme dans du elle est et ils la le les leur mais nous ont ou par pas pour qui sa se ses sont sur une vous "
        + "como del desde el ella entre esta este las los muy más pero por porque que según ser sin sobre su sus también una uno y "
        + "alla anche che con degli della delle gli il nella non più quando questa questo sono "
        + "ao às até com da das de dos em foi mas na nas no nos não pela pelo quando seu sua são uma "
        + "aan bij deze dit een en het hij maar met naar niet ook te uit van voor wordt zijn zoals");

    // Words of navigation and of pages as such: never a tag on their own.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Navigation = Set(
        "home homepage login logout logon signin signup next prev previous back top bottom menu navigation nav skip toc "
        + "contents content page pages webpage website site sites web sitemap search contact privacy terms copyright rights reserved cookie "
        + "cookies newsletter subscribe unsubscribe share click read link links http https html htm php www com org url untitled tag tags "
        + "summary chapter section sections figure example examples");

    public static bool IsGrammar(ReadOnlySpan<char> lowerCaseWord) => Grammar.Contains(lowerCaseWord);

    public static bool IsNavigation(ReadOnlySpan<char> lowerCaseWord) => Navigation.Contains(lowerCaseWord);

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(string words) =>
        words.Split(' ').ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}
