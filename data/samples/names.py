"""Invented names for the sample company. No company or person here exists."""

from __future__ import annotations

# id -> (zh, en, segment, region, owner, parent): the twelve key accounts
KEY_ACCOUNTS = {
    "A001": ("澜汀超市", "Lanting Hypermarkets", "national_chain", "east", "Lin Zhixia", ""),
    "A002": ("云杉坞商城", "Yunshanwu Mall", "ecommerce", "east", "Gu Mingyuan", ""),
    "A003": ("百峤量贩", "Baiqiao Warehouse Stores", "national_chain", "south", "Lin Zhixia", ""),
    "A004": ("仁岐大药房", "Renqi Pharmacies", "drugstore", "central", "Shen Ruolan", "G001"),
    "A005": ("康澍药房连锁", "Kangshu Drugstores", "drugstore", "east", "Shen Ruolan", ""),
    "A006": ("禾屿生活超市", "Heyu Living Markets", "national_chain", "north", "Lin Zhixia", ""),
    "A007": ("江晏百货超市", "Jiangyan Supermarkets", "regional_chain", "central", "Qiao Yifan", ""),
    "A008": ("恒屹商贸", "Hengyi Trading", "distributor", "west", "Tan Haoran", ""),
    "A009": ("蜀栖连锁超市", "Shuqi Chain Stores", "regional_chain", "west", "Qiao Yifan", ""),
    "A010": ("明湛医院集团", "Mingzhan Hospital Group", "hospital", "south", "Wei Siqi", ""),
    "A011": ("鹿鸣优选", "Luming Select", "ecommerce", "south", "Gu Mingyuan", ""),
    "A012": ("启堃员工福利", "Qikun Staff Benefits", "corporate", "north", "Wei Siqi", ""),
}

# parents that buy nothing themselves
HOLDINGS = {"G001": ("仁岐控股", "Renqi Holdings"), "G002": ("越野川控股", "Yueyechuan Holdings")}
# subsidiary -> parent, among the other accounts
SUBSIDIARIES = {
    "A013": "A001",
    "A014": "A001",
    "A020": "G001",
    "A021": "G001",
    "A033": "G002",
    "A034": "G002",
    "A035": "G002",
    "A050": "A002",
    "A061": "A008",
}

FIRST = (
    ("澄", "Cheng"), ("朗", "Lang"), ("棠", "Tang"), ("屿", "Yu"), ("沐", "Mu"), ("岚", "Lan"), ("枫", "Feng"),
    ("霁", "Ji"), ("渡", "Du"), ("璟", "Jing"), ("衡", "Heng"), ("柏", "Bai"), ("泓", "Hong"), ("瑄", "Xuan"),
    ("栎", "Li"), ("嵘", "Rong"), ("骁", "Xiao"), ("芷", "Zhi"), ("翊", "Yi"), ("煦", "Xu"),
)  # fmt: skip
SECOND = (
    ("溪", "xi"), ("川", "chuan"), ("禾", "he"), ("原", "yuan"), ("舟", "zhou"), ("桥", "qiao"), ("泽", "ze"),
    ("岭", "ling"), ("谷", "gu"), ("湾", "wan"), ("庭", "ting"), ("陌", "mo"), ("甸", "dian"), ("台", "tai"),
    ("坊", "fang"), ("苑", "yuan"), ("渚", "zhu"), ("麓", "lu"),
)  # fmt: skip
SUFFIX = {
    "national_chain": (("超市", "Hypermarkets"), ("量贩", "Warehouse Stores")),
    "regional_chain": (("连锁超市", "Supermarkets"), ("便利", "Convenience"), ("百货", "Department Stores")),
    "drugstore": (("大药房", "Pharmacies"), ("药房连锁", "Drugstores")),
    "ecommerce": (("商城", "Mall"), ("优选", "Select"), ("到家", "Home Delivery")),
    "distributor": (("商贸", "Trading"), ("供应链", "Supply"), ("日化经销", "Distribution")),
    "hospital": (("医院", "Hospital"), ("口腔医院", "Dental Hospital")),
    "corporate": (("集团工会", "Staff Union"), ("企业福利", "Staff Benefits"), ("酒店集团", "Hotels")),
}
OWNERS = {
    "national_chain": ("Lin Zhixia",),
    "regional_chain": ("Qiao Yifan", "Zhou Anran"),
    "drugstore": ("Shen Ruolan", "Meng Zihan"),
    "ecommerce": ("Gu Mingyuan",),
    "distributor": ("Tan Haoran", "Zhou Anran"),
    "hospital": ("Wei Siqi",),
    "corporate": ("Wei Siqi", "Meng Zihan"),
}
REGIONS = ("east", "south", "north", "central", "west")

# category -> (products zh, en, lowest and highest list price in yuan, cost as a part of the list price)
PRODUCTS = {
    "oral_care": (("牙膏", "Toothpaste"), ("漱口水", "Mouthwash"), ("软毛牙刷", "Soft Toothbrush"), 12, 48, 0.66),
    "hair_care": (("洗发露", "Shampoo"), ("护发素", "Conditioner"), ("头皮精华", "Scalp Serum"), 28, 118, 0.60),
    "skin_care": (("保湿面霜", "Face Cream"), ("防晒乳", "Sunscreen"), ("洁面乳", "Cleanser"), 38, 168, 0.53),
    "body_care": (("沐浴露", "Body Wash"), ("护手霜", "Hand Cream"), ("洗手液", "Hand Wash"), 15, 58, 0.67),
    "vitamins": (("复合维生素", "Multivitamin"), ("维生素C片", "Vitamin C"), ("钙片", "Calcium"), 48, 198, 0.50),
    "probiotics": (("益生菌粉", "Probiotic Powder"), ("膳食纤维", "Dietary Fibre"), ("益生菌软糖", "Probiotic Gummies"), 68, 228, 0.48),
    "throat_care": (("润喉糖", "Throat Lozenges"), ("鼻腔喷雾", "Nasal Spray"), ("薄荷吸入棒", "Menthol Inhaler"), 18, 68, 0.57),
    "wound_care": (("创口贴", "Plasters"), ("消毒湿巾", "Antiseptic Wipes"), ("弹性绷带", "Elastic Bandage"), 9, 45, 0.64),
}  # fmt: skip
BRANDS = ("B01", "B02", "B03", "B04")
VARIANTS = (("清新", "Fresh"), ("温和", "Gentle"), ("加强", "Plus"), ("家庭装", "Family"))
