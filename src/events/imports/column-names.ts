/** Names that columns go by, Chinese and English, without spaces, case and marks. The first match wins. */
export const names: Record<string, string> = {
  order_id:
    'orderid orderno ordernumber ordersn ordercode order invoice invoiceno invoiceid transactionid tradeno 订单号 订单编号 订单id 订单 单号 交易号 交易编号 主订单编号 小票号 流水号',
  time: 'ts time timestamp datetime date orderdate ordertime orderedat paidat paytime invoicedate createdat created createtime occurredat eventtime 下单时间 下单日期 订单时间 订单日期 付款时间 支付时间 成交时间 订单创建时间 订单付款时间 创建时间 交易时间 消费时间 时间 日期 发生时间 事件时间',
  status: 'status orderstatus state ordertype 订单状态 状态 交易状态 订单类型 类型',
  event: 'event eventname action behavior behaviour 事件 事件名 事件名称 行为',
  message_id: 'messageid eventid 消息id 事件id',
  product_id:
    'productid productcode itemid itemcode sku skuid skucode stockcode goodsid 商品编码 商品编号 商品id 商品代码 货号 货品编号 sku编码 商家编码 条码 商品条码',
  product_name:
    'product productname itemname item goodsname goods description title name 商品 商品名称 商品名 品名 货品名称 宝贝标题 商品标题 名称 商品信息',
  category: 'category productcategory type 类目 品类 分类 商品分类 商品类目',
  quantity: 'quantity qty num number count amountofitems 数量 商品数量 购买数量 件数 销售数量 宝贝数量',
  price: 'price unitprice itemprice saleprice 单价 商品单价 售价 价格 销售单价 商品价格 标价',
  amount: 'amount linetotal lineamount subtotal itemtotal 金额 小计 商品金额 商品总价 销售额 销售金额 行金额',
  order_total:
    'ordertotal orderamount total totalamount grandtotal revenue paidamount payment 订单金额 订单总额 订单总金额 应付总额 应付金额 实付款 实付金额 实收金额 实付总额 总金额 总价 支付金额 付款金额 买家实际支付金额 订单实付金额 成交金额',
  currency: 'currency currencycode 币种 货币',
  carrier: 'carrier channel 渠道 来源渠道 下单渠道 订单来源 载体',
  products: 'products items lineitems',
  properties: 'properties props 属性',
  traits: 'traits',
  user_id:
    'userid uid customerid customer customercode buyerid clientid user 用户id 用户编号 客户id 客户编号 客户代码 客户 买家id 顾客id 用户 顾客',
  member_id: 'memberid memberno membercode member cardno vipno 会员号 会员id 会员编号 会员卡号 会员 卡号 会员码',
  phone:
    'phone phonenumber mobile mobilephone tel telephone cellphone 手机号 手机 手机号码 电话 联系电话 联系方式 联系手机 收货人手机 收件人手机 收货人电话 买家手机',
  email: 'email mail emailaddress 邮箱 电子邮箱 邮件 电子邮件',
  wechat_unionid: 'unionid wechatunionid wxunionid 微信unionid',
  wechat_openid: 'openid wechatopenid wxopenid 微信openid',
  wecom_external_userid: 'externaluserid wecomexternaluserid 外部联系人id 企微外部联系人id',
  crm_id: 'crmid crm编号',
  erp_id: 'erpid erp编号',
  platform_id: 'platformid 平台id',
  anonymous_id: 'anonymousid distinctid 匿名id',
  device_id: 'deviceid 设备id 设备号',
  refund_id: 'refundid refundno refundsn refundnumber returnid 退款单号 退款编号 退款id 售后单号 售后编号 退货单号',
  refund_amount: 'refundamount refundtotal refundedamount refundfee 退款金额 退款总额 实退金额 实际退款金额 买家退款金额 退款 应退金额',
  refund_time: 'refundtime refunddate refundedat refundat 退款时间 退款日期 退款完成时间 退款成功时间 完结时间',
  refund_status: 'refundstatus returnstatus 退款状态 售后状态',
  refund_reason: 'refundreason returnreason 退款原因 退货原因 售后原因',
  cost: 'cost costprice unitcost purchaseprice 成本 成本价 进价 进货价',
  stock: 'stock inventory stockquantity onhand 库存 库存量 库存数量 可用库存',
  joined_at: 'joindate joinedat jointime membersince enrolledat 入会时间 入会日期 加入时间 开卡时间 开卡日期',
};

/** Common traits under one name, whatever the column calls them. */
export const traitNames: Record<string, string> = {
  name: 'name fullname nickname username customername membername 姓名 昵称 名字 客户姓名 会员姓名 会员名称 客户名称 用户名',
  gender: 'gender sex 性别',
  birthday: 'birthday birthdate dob 生日 出生日期',
  city: 'city 城市 所在城市 市',
  province: 'province state 省份 省 所在省份',
  country: 'country 国家',
  address: 'address 地址 收货地址',
  level: 'level memberlevel grade 等级 会员等级',
  createdAt: 'createdat registeredat signupdate joindate registertime 注册时间 注册日期 入会时间 入会日期 加入时间',
  points: 'points 积分',
};

/** Columns that stand before those of the file in a file of rejected rows; in other languages as the texts have them. */
export const ours = { row: 'row', reason: 'reason' };
