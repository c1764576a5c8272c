"""Make the fonts under kamtools/show/fonts from Noto Sans SC (SIL Open Font License).

    python tools/make_fonts.py [NotoSansSC[wght].ttf]

Without a path, the variable font comes from the PyPI wheel ``justmytype-intl-cjk``,
which carries it with its licence. From it are made, with fonttools:

- ``KamSansSC-Regular.ttf`` and ``KamSansSC-Bold.ttf``: static weights 400 and 700
  (charts draw a variable font at its thinnest), with the characters of GB 2312,
  Latin, Greek, punctuation, symbols and characters that are common in names;
- ``KamSansSC-Regular.woff2``: weight 400 for pages;
- ``OFL.txt``: the licence. The family has a name of its own, since a changed font
  must not pass for the original.

Needs ``fonttools[woff]`` (in the project's development dependencies).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FAMILY = "KAM Sans SC"
WHEEL = "justmytype-intl-cjk==0.1.0"
IN_WHEEL = "justmytype_intl_cjk/fonts/ofl/notosanssc/"
OUT = Path(__file__).resolve().parent.parent / "kamtools" / "show" / "fonts"
WEIGHTS = {400: "Regular", 700: "Bold"}

# In people's and companies' names, and not in GB 2312.
NAME_CHARACTERS = """
堃喆镕珺玥瑄赟翀彧頔昇淼焱犇骉羴鱻孖垚燊芃苒莜祎祺禛禧禩禔稜竑笪筠箐綦璟璘璠璞璐璁璎瓅瓒瓘琤琲琬琰琮琯琭珈珏珣珅珞珝珩珪珮珽玘玙玚玎玕玠玢玮玹
旻旸昕昊昉昀昃昱昴晅晗晞晖晔晙晟晢晧晫暄暐暕曈曌曦朓杺柷栐栻桢桦梽棪棣楒楠楷榕槿樾橦檑檠欸歆殳毓沄沆沁沅沇沚沨沩泂泓泖泠泫泱洢洨洧洮洹洺浐浛浠浥浯
涴涵淏淙淦淯渌渼湉湛湜湲溁溆溍溦滢滺漪潆潇潞澍澔澴瀚灏炅炆炘炜烜烨焓焜焯焱煊煐煚煜熇熙熠燚燨爔勍劼勔冼凃亓佟侗俣俪倓倧偲傒僖儆仝佧佺侁伋伣伲仫佴
妘妤姈姝姞姮娴婳媖嫄嫕嫚嫣嬅孃宓宥寔寯峣峤峪崟崚嵇嵊嵘嵚嶷巯帔帱幂庹廙弢弼彣彦彧怡恬恺悰悫惇惠惢愔愫慆慜憓懋懿戬扆抟拓捷揆揆摅擘攸敉敔斌斐斓旃旖
郄郅郇郏郗郢郦郯鄞鄢鄯鄱酆酃酉醍釆鋆鉴钊钌钎钏钕钜钤钦钰钲钺铉铎铖铠铤铨铮铱锜锟锠锳锴锽镁镄镐镛镝镠镡镧镱镳闫闰闵闳闻闼阊阎阚阳陂陉陟隗隰隽雒雩霁
霆霈霓霖霭靓韡韫韶頫頠颀颉颋颍颎颙飏飒飔饴馥馨骁骃骅骎骏骐骕骥骦髙魁鲲鲸鳌鸣鸢鸾鹇鹏麒麟黉黛黻鼐龑龢龙龚芈芊芘芩芮芷苌苡苪茂茉茗茜茯荃荞荟荥荭莙莞
菀菁菂菡萁萱葳葶蒨蓁蓓蔚蔺蕊蕙蕤蕴薇藜蘅虓虔虢虬虹蚡蛟蜀蜓蝾裎裕裬褀襄訸詝誉諴謇谌谞谠谡谦谧豨豫贇贠赪赫趵跞轩轸轺轾辂达迦迩逄逖逯遨邈邕邝邬邰邴邵
隺奡奭吉喆哿唛啵啫嘢嘭噻囍圳坤垕垟垲埇埈埗埕埔堉堏塱塍墉墘墡夼奀碁碶礽磾稑稷穆竣筱篁簃紘絜綝緁縯翃翊翎翙翚翥翦翯翾耑耔耿聃聿胤脩艮艹芾
"""
# Written in traditional form or by tradition in the names of shops and places.
EXTRA_HANZI = "億亞興國華東龍鳳寶貴財發樂園麗麵麥館館號記業貿實業無雙臺灣萬與為會個們這對開關長門電車書學"


def characters() -> set[int]:
    """Return the code points to keep."""
    keep = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180))  # Latin
    keep |= set(range(0x391, 0x3CA))  # Greek
    keep |= set(range(0x2010, 0x2028)) | set(range(0x2030, 0x205F))  # punctuation
    keep |= {ord(c) for c in "€£¥₩₹™℃№ℓΩ←↑→↓↔↕↖↗↘↙⇒⇔∂∆∏∑−∕√∝∞∠∧∨∩∪∫∴≈≠≡≤≥≪≫⊕⊥"}
    keep |= {ord(c) for c in "■□▢▪▫▲△▶▷▼▽◀◆◇○◎●◐◢◯★☆☑☒✓✔✕✗✘⭑│─┌┐└┘├┤┬┴┼\ufffd"}
    keep |= set(range(0x2460, 0x2474)) | set(range(0x2160, 0x216C))  # ①… Ⅰ…
    keep |= set(range(0x3000, 0x3020)) | set(range(0x3220, 0x322A)) | set(range(0xFF01, 0xFF5F))
    keep |= set(range(0xFFE0, 0xFFE6))
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                keep.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    keep |= {ord(c) for c in NAME_CHARACTERS + EXTRA_HANZI if not c.isspace()}
    return keep


def source(argv: list[str]) -> tuple[bytes, bytes]:
    """Return the variable font and its licence."""
    if argv:
        path = Path(argv[0])
        return path.read_bytes(), path.with_name("OFL.txt").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, WHEEL]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            return wheel.read(IN_WHEEL + "NotoSansSC[wght].ttf"), wheel.read(IN_WHEEL + "OFL.txt")


def make(data: bytes, weight: int, style: str):
    """Return one static, subset, renamed font."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk"]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "STAT", "DSIG", "MVAR"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.glyph_names = False
    options.hinting = False
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}; made from Noto Sans SC",
        4: f"{FAMILY} {style}" if style != "Regular" else FAMILY,
        6: f"KamSansSC-{style}",
    }
    for record in list(font["name"].names):
        if record.nameID in (16, 17, 21, 22, 25):
            font["name"].names.remove(record)
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    bold = weight >= 700
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0
    return font


def main() -> None:
    """Write the fonts and the licence."""
    data, licence = source(sys.argv[1:])
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "OFL.txt").write_bytes(licence)
    for weight, style in WEIGHTS.items():
        font = make(data, weight, style)
        path = OUT / f"KamSansSC-{style}.ttf"
        font.save(path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(font.getBestCmap())} characters")
        if weight == 400:
            font.flavor = "woff2"
            path = path.with_suffix(".woff2")
            font.save(path)
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
